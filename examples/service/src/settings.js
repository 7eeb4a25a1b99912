// What the environment says, read and checked once, before anything listens.
import { RESPONSE_FAULTS } from './wire-faults.js';

const integer = (min, max) => ({
  expects: `a whole number from ${min} to ${max}`,
  parse: (text) => {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= min && value <= max ? value : undefined;
  },
});

const number = (min, max) => ({
  expects: `a number from ${min} to ${max}`,
  parse: (text) => (/^\d+(\.\d+)?$/.test(text) && Number(text) <= max ? Number(text) : undefined),
});

const percent = number(0, 100);

const path = {
  expects: 'a path that begins with /',
  parse: (text) => (/^\/[^\s?#]*$/.test(text) ? text : undefined),
};

const flag = {
  expects: 'true or false',
  parse: (text) => ({ true: true, 1: true, false: false, 0: false })[text],
};

const contentType = {
  expects: 'a media type such as text/html',
  parse: (text) => (/^[\w.+-]+\/[\w.+-]+(; ?[\w=.-]+)*$/.test(text) ? text : undefined),
};

const oneOf = (...names) => ({
  expects: `one of ${names.join(', ')}`,
  parse: (value) => (names.includes(value) ? value : undefined),
});

const text = { expects: 'text', parse: (value) => value };

const HOUR_MS = 3_600_000;

/** Every variable that the service reads: its name, its place in the settings, its form and its default. */
const VARIABLES = [
  ['VERSION', 'version', text, 'dev'],
  ['PORT', 'port', integer(0, 65_535), 8080],
  ['HOST', 'host', text, '0.0.0.0'],
  ['API_KEY', 'apiKey', text, undefined],
  ['HEALTH_STATUS', 'healthStatus', integer(200, 299), 200],
  ['WORK_MS', 'workMs', integer(0, 60_000), 0],
  ['FAULT_BROKEN_ROUTE', 'brokenRoute', path, undefined],
  ['FAULT_ERROR_PERCENT', 'errorPercent', percent, 0],
  ['FAULT_AFTER_REQUESTS', 'afterRequests', integer(0, 1_000_000), 0],
  ['FAULT_ON_PORT', 'onPort', integer(1, 65_535), undefined],
  ['FAULT_LATENCY_MS', 'latencyMs', integer(0, 60_000), 0],
  ['FAULT_LATENCY_PERCENT', 'latencyPercent', integer(0, 10_000), 0],
  ['FAULT_MISSING_FIELD', 'missingField', text, undefined],
  ['FAULT_CONTENT_TYPE', 'contentType', contentType, undefined],
  ['FAULT_RESPONSE', 'responseFault', oneOf(...RESPONSE_FAULTS), undefined],
  ['FAULT_RESPONSE_PERCENT', 'responsePercent', percent, 100],
  ['FAULT_BROKEN_POST', 'brokenPost', flag, false],
  ['FAULT_DOWN_WHILE_FILE', 'downWhileFile', text, undefined],
  ['FAULT_ONE_AT_A_TIME', 'oneAtATime', flag, false],
  ['FAULT_LEAK_MS', 'leakMs', number(0, 1_000), 0],
  ['FAULT_LEAK_MB', 'leakMb', integer(0, 100), 0],
  ['FAULT_MEMORY_MB', 'memoryMb', integer(1, 100_000), 64],
  ['FAULT_SLOW_START_MS', 'slowStartMs', integer(0, HOUR_MS), 0],
  ['FAULT_CRASH_AFTER_MS', 'crashAfterMs', integer(0, HOUR_MS), undefined],
  ['FAULT_NEVER_HEALTHY', 'neverHealthy', flag, false],
];

/** @throws Error one that names every variable whose value is not of its form; an empty value counts as not set */
export function readSettings(environment) {
  const wrong = [];
  const settings = {};
  for (const [name, key, form, fallback] of VARIABLES) {
    const given = environment[name];
    const value = given ? form.parse(given) : fallback;
    if (given && value === undefined) wrong.push(`${name}="${given}": expected ${form.expects}`);
    settings[key] = value;
  }
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  return settings;
}
