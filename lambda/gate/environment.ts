import {
  type CustomCheckSettings,
  GateEnvironment,
  type InsufficientData,
  type LiveSides,
  type VersionHeader,
} from './types';
import type { TlsVerification } from '../../common/http';

/** The gate function's configuration, read once. */
export interface GateSettings {
  readonly serviceName: string;
  readonly lifecycleEvent: string;
  /** `https://<host>:<port>`, without a path. */
  readonly target: URL;
  /** Empty: connect by name. */
  readonly loadBalancerFullName: string;
  /** Where live blue answers before the shift; undefined: nothing is compared. */
  readonly liveTarget?: URL;
  readonly alarmNames: readonly string[];
  readonly timeoutMs: number;
  /** Host header and TLS server name; undefined: those of the target. */
  readonly hostName?: string;
  readonly tlsVerification: TlsVerification;
  readonly insufficientData: InsufficientData;
  /** 0: smoke once. */
  readonly bakeMs: number;
  readonly sides?: LiveSides;
  readonly versionHeader?: VersionHeader;
  /** Given values of the suite's variables. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly customChecks: readonly CustomCheckSettings[];
  readonly healthPath?: string;
  readonly healthCodes: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const TLS_VERIFICATIONS: readonly string[] = ['full', 'chain', 'none'] satisfies TlsVerification[];

/** @throws Error that names every variable that is missing or wrong */
export function readEnvironment(env: Environment): GateSettings {
  const mistakes: string[] = [];
  const value = (name: string) => env[name]?.trim() ?? '';
  const read = <T>(name: string, what: string, parse: (text: string) => T | undefined): T | undefined => {
    if (value(name) === '') return void mistakes.push(`${name} is missing: ${what}`);
    const parsed = parse(value(name));
    if (parsed === undefined) mistakes.push(`${name} is ${JSON.stringify(value(name))}: ${what}`);
    return parsed;
  };
  const hostName = value(GateEnvironment.hostName) || undefined;
  const settings = {
    serviceName: read(GateEnvironment.serviceName, 'the service name', (text) => text),
    lifecycleEvent: read(GateEnvironment.lifecycleEvent, 'the lifecycle event', (text) => text),
    target: read(GateEnvironment.targetUrl, 'an http(s) URL without path', parseTarget),
    loadBalancerFullName: value(GateEnvironment.loadBalancerFullName),
    liveTarget:
      value(GateEnvironment.liveUrl) === ''
        ? undefined
        : read(GateEnvironment.liveUrl, 'an http(s) URL without path', parseTarget),
    alarmNames: read(GateEnvironment.alarmNames, 'a JSON array of alarm names', parseNames),
    timeoutMs: read(GateEnvironment.timeLimitSeconds, 'seconds, more than 0', parseSeconds),
    hostName,
    tlsVerification: value(GateEnvironment.tlsVerification) || (hostName ? 'full' : 'chain'),
    insufficientData: value(GateEnvironment.insufficientData) || 'pass',
    bakeMs: Number(value(GateEnvironment.bakeSeconds) || '0') * 1_000,
    healthPath: value(GateEnvironment.healthPath) || undefined,
    healthCodes: value(GateEnvironment.healthCodes) || '200',
    ...readObjects(value, mistakes),
  };
  if (!['pass', 'fail'].includes(settings.insufficientData)) {
    mistakes.push(`${GateEnvironment.insufficientData} is "${settings.insufficientData}": pass or fail`);
  }
  if (!(settings.bakeMs >= 0)) mistakes.push(`${GateEnvironment.bakeSeconds} is no number of seconds`);
  if (!TLS_VERIFICATIONS.includes(settings.tlsVerification)) {
    mistakes.push(`${GateEnvironment.tlsVerification} is "${settings.tlsVerification}": full, chain or none`);
  }
  if (mistakes.length > 0) throw new Error(`the gate is configured wrongly: ${mistakes.join('; ')}`);
  return settings as GateSettings;
}

/** What is JSON: the construct writes it, so its shape is trusted, and its being JSON is not. */
function readObjects(
  value: (name: string) => string,
  mistakes: string[],
): Pick<GateSettings, 'sides' | 'versionHeader' | 'customChecks' | 'variables'> {
  const parse = (name: string): unknown => {
    try {
      return value(name) === '' ? undefined : (JSON.parse(value(name)) as unknown);
    } catch {
      return void mistakes.push(`${name} is ${JSON.stringify(value(name))}: JSON`);
    }
  };
  return {
    sides: parse(GateEnvironment.sides) as LiveSides | undefined,
    versionHeader: parse(GateEnvironment.versionHeader) as VersionHeader | undefined,
    variables: parse(GateEnvironment.variables) as Readonly<Record<string, string>> | undefined,
    customChecks: (parse(GateEnvironment.customChecks) ?? []) as readonly CustomCheckSettings[],
  };
}

function parseTarget(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search ? url : undefined;
}

function parseNames(text: string): readonly string[] | undefined {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined;
  }
}

function parseSeconds(text: string): number | undefined {
  const seconds = Number(text);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}
