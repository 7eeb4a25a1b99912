import * as z from 'zod/mini';
import { json, positive, readAs, text } from '../shared/schema';
import {
  alarmNames,
  customCheckSettings,
  insufficientData,
  liveSides,
  tlsVerification,
  variables,
  versionHeader,
} from './schemas';
import { GateEnvironment } from './types';

const URL_EXPECTED = 'an http(s) URL without path';
const url = z.pipe(
  z.string(URL_EXPECTED).check(z.refine(isBase, URL_EXPECTED)),
  z.transform((value: string) => new URL(value)),
);
const SECONDS_EXPECTED = 'a number of seconds, 0 or more';

/** Environment variables by what they are here. An empty variable is one that is not set. */
const variablesOf = {
  serviceName: text('the service name'),
  lifecycleEvent: text('the lifecycle event'),
  targetUrl: url,
  loadBalancerFullName: z._default(z.string(), ''),
  alarmNames: json(alarmNames, 'a JSON array of alarm names'),
  timeoutSeconds: positive('seconds, more than 0'),
  hostName: z.optional(z.string()),
  tlsVerification: z.optional(tlsVerification),
  variables: z.optional(json(variables, 'a JSON object of texts')),
  sides: z.optional(json(liveSides, 'the sides as a JSON object')),
  liveUrl: z.optional(url),
  versionHeader: z.optional(json(versionHeader, 'a JSON object with name and value')),
  insufficientData: z._default(insufficientData, 'pass'),
  bakeSeconds: z._default(z.string().check(z.refine((value) => Number(value) >= 0, SECONDS_EXPECTED)), '0'),
  customChecks: z._default(json(z.readonly(z.array(customCheckSettings)), 'a JSON array of custom checks'), []),
  healthPath: z.optional(z.string()),
  healthCodes: z._default(z.string(), '200'),
} as const;

type Name = keyof typeof variablesOf;
type Variables = { readonly [K in Name]: z.infer<(typeof variablesOf)[K]> };
type Environment = Readonly<Record<string, string | undefined>>;

/** The gate function's configuration, read once. */
export type GateSettings = ReturnType<typeof settingsOf>;

/** @throws Error that names every variable that is missing or wrong */
export function readEnvironment(env: Environment): GateSettings {
  const names = Object.keys(variablesOf) as Name[];
  const schema = z.object(Object.fromEntries(names.map((name) => [GateEnvironment[name], variablesOf[name]])));
  const set = names.map((name) => [GateEnvironment[name], env[GateEnvironment[name]]?.trim() || undefined]);
  const read = readAs('gate configuration', schema, Object.fromEntries(set)) as Record<string, unknown>;
  return settingsOf(Object.fromEntries(names.map((name) => [name, read[GateEnvironment[name]]])) as Variables);
}

function settingsOf({ targetUrl, liveUrl, timeoutSeconds, bakeSeconds, ...rest }: Variables) {
  return {
    ...rest,
    /** `https://<host>:<port>`, without a path. */
    target: targetUrl,
    /** Where live blue responds before the shift; undefined: nothing is compared. */
    liveTarget: liveUrl,
    timeoutMs: Number(timeoutSeconds) * 1_000,
    /** 0: smoke once. */
    bakeMs: Number(bakeSeconds) * 1_000,
    tlsVerification: rest.tlsVerification ?? (rest.hostName ? ('full' as const) : ('chain' as const)),
  };
}

function isBase(value: string): boolean {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  return parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.pathname === '/' && !parsed.search;
}
