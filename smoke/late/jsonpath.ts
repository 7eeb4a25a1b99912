/** Bundled beside the handler and loaded where a suite has a JSONPath: not at every gate's cold start. */
export { query } from 'jsonpath-rfc9535';
