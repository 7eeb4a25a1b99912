import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DocumentError, parseDocumentText, type PlacedDocument, readDocument } from '../../common/document';
import { parseJson } from '../../common/json/parse';
import { isRecord, type Json } from '../../common/json/values';
import { type Path, pathText } from '../../common/path-text';
import type { Problem, Report } from '../../common/schema/problems';
import { schemaProblem } from './json-schema';
import type { Suite } from './model';
import { suiteProblem, suiteProblems } from './validation';

/** A suite that cannot be used; the message has a line for each problem. */
export class SuiteError extends Error {
  public constructor(public readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SuiteError';
  }
}

const FILE_BYTES_MAX = 1_000_000;

/**
 * Reads a suite from a YAML or JSON file, with the files that it names.
 * @throws SuiteError with every problem: file, line, column, what was read and what is allowed
 */
export function readSuite(file: string): Suite {
  const advice = '`greenlight smoke --init` writes a first suite';
  return suiteOf(file, () => readDocument(file, advice, { isExact: true }));
}

/** @param file names the suite in messages; paths of other files are relative to it. @throws SuiteError */
export function parseSuite(text: string, file: string): Suite {
  return suiteOf(file, () => parseDocumentText(text, file, { isExact: true }));
}

function suiteOf(file: string, read: () => PlacedDocument): Suite {
  const document = placed(read);
  const problems: Problem[] = [];
  const content = withFiles(document.content, file, (...problem) => problems.push(suiteProblem(...problem)));
  problems.push(...suiteProblems(content));
  if (problems.length > 0) throw new SuiteError(placeProblems(problems, document, file));
  const suite = content as Suite;
  return { ...suite, file, places: placesOf(suite, document) };
}

/** In the order of the file, each with its line and column. */
function placeProblems(problems: readonly Problem[], document: PlacedDocument, file: string): readonly string[] {
  return problems
    .map(({ path, isKey, text }) => ({ text, offset: document.offsetOf(path, isKey ? 'key' : 'value') }))
    .sort((one, other) => one.offset - other.offset)
    .map(({ text, offset }) => `${file}:${document.lineOf(offset)}: ${text}`);
}

function placed(read: () => PlacedDocument): PlacedDocument {
  try {
    return read();
  } catch (error) {
    throw error instanceof DocumentError ? new SuiteError(error.problems) : error;
  }
}

function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  return code === 'EISDIR' ? 'it is a folder' : message;
}

/** The suite with the contents of the files that it names, because the gate gets it as one document. */
function withFiles(content: unknown, file: string, report: Report): unknown {
  if (!isRecord(content) || !Array.isArray(content.checks)) return content;
  const load = (name: string, path: Path): string | undefined => {
    try {
      const text = readFileSync(resolve(dirname(file), name), 'utf8');
      if (text.length <= FILE_BYTES_MAX) return text;
      report(path, name, `${FILE_BYTES_MAX} characters at most`);
    } catch (error) {
      report(path, name, whyUnreadable(error));
    }
    return undefined;
  };
  const checks = content.checks.map((check: unknown, index) =>
    isRecord(check) ? checkWithFiles(check, ['checks', index], load, report) : check,
  );
  return { ...content, checks };
}

type Load = (name: string, path: Path) => string | undefined;

function checkWithFiles(check: Readonly<Record<string, unknown>>, path: Path, load: Load, report: Report): unknown {
  const changed: Record<string, unknown> = { ...check };
  const { body } = check;
  if (isRecord(body) && typeof body.file === 'string' && Object.keys(body).length === 1) {
    // The content of a file is sent as it is, so `${` in it is no placeholder.
    changed.body = { text: (load(body.file, [...path, 'body', 'file']) ?? '').replaceAll('${', '$${') };
  }
  for (const key of ['expect', 'warn']) {
    const expect = check[key];
    if (!isRecord(expect) || !isRecord(expect.jsonSchema)) continue;
    const { file, ...others } = expect.jsonSchema;
    if (typeof file !== 'string' || Object.keys(others).length > 0) continue;
    const at = [...path, key, 'jsonSchema', 'file'];
    const text = load(file, at);
    changed[key] = { ...expect, jsonSchema: text === undefined ? {} : schemaOf(text, file, at, report) };
  }
  return changed;
}

/** With the parser's message if it is not JSON, because that has the place. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}

function schemaOf(text: string, file: string, path: Path, report: Report): Json {
  let schema: unknown;
  try {
    schema = parseJson(text);
  } catch (error) {
    report(path, file, `the file is ${reasonOf(error)}`);
    return {};
  }
  const problem = isRecord(schema) ? schemaProblem(schema) : 'not a JSON Schema, which is an object';
  if (problem === undefined) return schema as Json;
  report(path, file, problem);
  return {};
}

/** The places that a report may name: each check, and each of its expectations. */
function placesOf(suite: Suite, document: PlacedDocument): Record<string, string> {
  const places: Record<string, string> = {};
  const note = (path: Path) => {
    places[pathText(path)] = document.lineOf(document.offsetOf(path));
  };
  suite.checks.forEach((check, index) => {
    const at = ['checks', index];
    note(at);
    for (const key of ['expect', 'warn'] as const) {
      for (const [name, value] of Object.entries(check[key] ?? {})) {
        note([...at, key, name]);
        if (name === 'json') (value as readonly unknown[]).forEach((_, each) => note([...at, key, name, each]));
        if (name === 'headers') Object.keys(value as object).forEach((each) => note([...at, key, name, each]));
      }
    }
    for (const name of Object.keys(check.capture ?? {})) note([...at, 'capture', name]);
    for (const name of Object.keys(check.repeat ?? {})) note([...at, 'repeat', name]);
  });
  return places;
}
