// Faults of the response itself: what a share of the requests gets instead of the response. Health checks get none.
import { gzipSync } from 'node:zlib';

const PAGE = '<!doctype html><title>Error</title><h1>Something went wrong</h1>';

/** The kinds that FAULT_RESPONSE has, each called with the response, its status, headers and text. */
const KINDS = {
  'html-page': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE),
  'old-version': (response, status, headers, text) =>
    response.writeHead(status, { ...headers, 'x-version': 'v0' }).end(text),
  'no-version': (response, status, headers, text) =>
    response.writeHead(status, { ...headers, 'x-version': [] }).end(text),
  'broken-gzip': (response, status, headers, text) => {
    const whole = gzipSync(text);
    const half = whole.subarray(0, whole.length >> 1);
    response.writeHead(status, { ...headers, 'content-encoding': 'gzip', 'content-length': half.length }).end(half);
  },
  'wrong-length': (response, status, headers, text) => {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) + 10 });
    response.write(text, () => response.socket?.end());
  },
  reset: (response) => response.socket?.resetAndDestroy(),
  hang: () => undefined,
};

export const RESPONSE_FAULTS = Object.keys(KINDS);

/** @returns how to send a response: as it is, or changed by the fault for an even share of the requests */
export function createSender({ responseFault, responsePercent, healthPath }) {
  let counted = 0;
  const isStruck = (path) => {
    if (responseFault === undefined || path === healthPath) return false;
    counted += 1;
    return Math.floor((counted * responsePercent) / 100) > Math.floor(((counted - 1) * responsePercent) / 100);
  };
  return (response, path, status, headers, text) => {
    if (isStruck(path)) KINDS[responseFault](response, status, headers, text);
    else response.writeHead(status, headers).end(text);
  };
}
