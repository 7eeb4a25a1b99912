/** Bundled next to the handler, and loaded only if a suite has a JSONPath, because it would slow down every cold start. */
export { query } from 'jsonpath-rfc9535';
