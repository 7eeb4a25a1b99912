/** An element's children by name, as text where it has none; repeated ones are arrays. */
export type XmlValue = string | XmlElement | readonly XmlValue[];
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

/** What the list elements of AWS's query protocols are called: always arrays, however many there are. */
const LIST_NAMES: ReadonlySet<string> = new Set(['member', 'item']);

/** Declarations, comments, CDATA, tags, and the text between them. Attributes say nothing in these protocols. */
const TOKEN = /<\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([^\s/<>]+)(?=[\s/>])[^<>]*?(\/?)>|([^<]+)/y;

interface Open {
  readonly name: string;
  readonly children: Record<string, XmlValue | XmlValue[]>;
  text: string;
}

/**
 * The XML that AWS's query APIs answer. A parser for all of XML would be a tenth of the gate's bundle.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 * @throws SyntaxError
 */
export function parseXml(document: string): XmlElement {
  const root = opened('');
  const open = [root];
  let offset = 0;
  while (offset < document.length) {
    TOKEN.lastIndex = offset;
    const found = TOKEN.exec(document);
    if (!found) throw new SyntaxError(`no XML at character ${offset}: ${document.slice(offset, offset + 20)}`);
    offset = TOKEN.lastIndex;
    take(found, open);
  }
  if (open.length > 1) throw new SyntaxError(`<${open.at(-1)?.name}> is not closed`);
  return root.children;
}

function opened(name: string): Open {
  return { name, children: Object.create(null) as Open['children'], text: '' };
}

function take([, literal, closes, name, empty, text]: readonly (string | undefined)[], open: Open[]): void {
  const top = open.at(-1) as Open;
  if (literal !== undefined || text !== undefined) top.text += literal ?? decode(text ?? '');
  if (name === undefined) return;
  if (!closes) {
    open.push(opened(name));
    if (!empty) return;
  } else if (top.name !== name) {
    throw new SyntaxError(`</${name}> where <${top.name}> is open`);
  }
  const element = open.pop() as Open;
  const isLeaf = Object.keys(element.children).length === 0;
  add((open.at(-1) as Open).children, name, isLeaf ? element.text.trim() : element.children);
}

function add(children: Open['children'], name: string, value: XmlValue): void {
  const before = children[name];
  if (Array.isArray(before)) before.push(value);
  else if (before !== undefined) children[name] = [before, value];
  else children[name] = LIST_NAMES.has(name) ? [value] : value;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(lt|gt|amp|quot|apos));/gi, (_all, decimal, hex, name: string) => {
    if (name) return ENTITIES[name.toLowerCase()] ?? '';
    const code = decimal ? Number(decimal) : Number.parseInt(hex as string, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}
