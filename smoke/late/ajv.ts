/** Bundled next to the handler, and loaded only if a suite has a JSON Schema, because it would slow down every cold start. */
export { default as Draft07 } from 'ajv';
export { default as Draft2020 } from 'ajv/dist/2020';
