import type { HttpResponse } from '../../common/http';
import { parseJson } from '../../common/json/parse';

interface ReadDocument {
  readonly document?: unknown;
  /** Why there is no document. */
  readonly problem?: string;
}

const documents = new WeakMap<HttpResponse, ReadDocument>();

/** The JSON of a response. It is read once for all expectations and captures. */
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
