import { GateEnvironment, type TlsVerification } from './contract';

/** The gate function's configuration, read once. */
export interface GateSettings {
  readonly serviceName: string;
  readonly lifecycleEvent: string;
  /** `https://<host>:<port>`, without a path. */
  readonly target: URL;
  /** Empty: connect by name. */
  readonly loadBalancerFullName: string;
  readonly alarmNames: readonly string[];
  readonly timeLimitMs: number;
  /** Host header and TLS server name; undefined: those of the target. */
  readonly hostName?: string;
  readonly tlsVerification: TlsVerification;
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
    alarmNames: read(GateEnvironment.alarmNames, 'a JSON array of alarm names', parseNames),
    timeLimitMs: read(GateEnvironment.timeLimitSeconds, 'seconds, more than 0', parseSeconds),
    hostName,
    tlsVerification: value(GateEnvironment.tlsVerification) || (hostName ? 'full' : 'chain'),
  };
  if (!TLS_VERIFICATIONS.includes(settings.tlsVerification)) {
    mistakes.push(`${GateEnvironment.tlsVerification} is "${settings.tlsVerification}": full, chain or none`);
  }
  if (mistakes.length > 0) throw new Error(`the gate is configured wrongly: ${mistakes.join('; ')}`);
  return settings as GateSettings;
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
