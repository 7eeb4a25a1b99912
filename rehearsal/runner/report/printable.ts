/**
 * Text that did not come from this package (a server's body, a check's name, a task's log, a reason) must not move the
 * cursor of a terminal, colour it, retitle it, or turn text around: characters that could are shown as `\u001b`. They are
 * the C0 and C1 controls, the bidirectional controls, the line and paragraph separators, and halves of a character.
 * https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]/gu;
const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** A text of several lines: line feeds and tabs stay. */
export function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNSAFE, (it) => (it === '\n' || it === '\t' ? it : unicodeEscape(it)));
}

/** A text that stays in its line, so that it cannot pretend to be one of ours. */
export function oneLine(text: string): string {
  return printable(text.replace(LINE_BREAKS, ' '));
}

/** A JSON document in which no character does anything to a terminal: all of them can be escaped, in texts only. */
export function jsonText(document: unknown): string {
  return printable(JSON.stringify(document, undefined, 2));
}

function unicodeEscape(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
