/** Bundled beside the handler and loaded where a suite has a JSON Schema: not at every gate's cold start. */
export { default as Draft07 } from 'ajv';
export { default as Draft2020 } from 'ajv/dist/2020';
