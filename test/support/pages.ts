import { readdirSync, readFileSync } from 'node:fs';

/** A fenced block of a Markdown page. */
export interface Block {
  readonly page: string;
  /** As written after the fence; empty where nothing is. */
  readonly language: string;
  readonly code: string;
}

/** Below a folder, paths from the root, sorted. */
export function markdownIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`)
    .sort();
}

/** Those of a page, in order. */
export function blocksOf(page: string): Block[] {
  const found = readFileSync(page, 'utf8').matchAll(/^( *)(`{3,})([^\n`]*)\n(.*?)^\1\2 *$/gms);
  return [...found].map(([, , , language = '', code = '']) => ({ page, language: language.trim(), code }));
}

const SHELLS = ['sh', 'bash', 'shell', 'zsh', 'console', 'shell-session'];

/**
 * The commands of a block for a shell, one each, with continued lines joined and comments left out; of a terminal's
 * recording, the lines after a prompt. None of other blocks.
 */
export function commandsOf({ language, code }: Block): string[] {
  if (!SHELLS.includes(language)) return [];
  const isRecording = language === 'console' || language === 'shell-session';
  const lines = code.replace(/\\\n\s*/g, '').split('\n');
  const typed = isRecording ? lines.flatMap((line) => /^\s*[$#>] (.*)$/.exec(line)?.[1] ?? []) : lines;
  return typed.map((line) => line.replace(/(^|\s+)#\s.*$/, '').trim()).filter((line) => line !== '');
}
