import type { HttpResponse } from '../../common/http';
import { parseJson } from '../../common/json/parse';

interface ReadDocument {
  readonly document?: unknown;
  /** Why there is none. */
  readonly problem?: string;
}

const documents = new WeakMap<HttpResponse, ReadDocument>();

/** The JSON of a response, read once for all its expectations and captures. */
export function documentOf(response: HttpResponse): ReadDocument {
  const known = documents.get(response);
  if (known) return known;
  const document = read(response.body);
  documents.set(response, document);
  return document;
}

function read(body: string): ReadDocument {
  try {
    return { document: parseJson(body) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
