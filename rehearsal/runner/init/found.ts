import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

/** What a service of the CDK app is, as its template says. */
export interface FoundService {
  /** Its own name where it is Greenlight's, else the logical id of the ECS service. */
  readonly name: string;
  readonly isGreenlight: boolean;
  readonly healthCheckPath?: string;
  /** What the smoke suite sends GET requests to. */
  readonly suitePaths: readonly string[];
}

export interface FoundStack {
  /** What the rehearsal file calls it. */
  readonly id: string;
  readonly services: readonly FoundService[];
  /** Host names that listener rules ask for. */
  readonly hosts: readonly string[];
  /** Everything that a release of these services changes, as text to compare. */
  readonly taskDefinitions: string;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Artifact {
  readonly type: string;
  readonly displayName?: string;
  readonly properties?: { readonly templateFile?: string; readonly directoryName?: string };
}

/** Every stack of a cloud assembly, those of its stages too. */
export function findStacks(directory: string): readonly FoundStack[] {
  const { artifacts = {} } = readJson(join(directory, 'manifest.json')) as { artifacts?: Record<string, Artifact> };
  return Object.entries(artifacts).flatMap(([id, { type, displayName, properties = {} }]) => {
    if (type === 'cdk:cloud-assembly' && properties.directoryName) {
      return findStacks(join(directory, properties.directoryName));
    }
    if (type !== 'aws:cloudformation:stack' || !properties.templateFile) return [];
    const template = readJson(join(directory, properties.templateFile)) as { Resources?: Record<string, Resource> };
    return [stackOf(displayName ?? id, template.Resources ?? {}, directory)];
  });
}

function stackOf(id: string, resources: Readonly<Record<string, Resource>>, directory: string): FoundStack {
  const all = Object.entries(resources);
  const of = (type: string) => all.filter(([, { Type }]) => Type === type);
  const releases = of('Custom::GreenlightEcsRelease');
  const paths = of('AWS::ElasticLoadBalancingV2::TargetGroup').map(([, { Properties }]) => Properties?.HealthCheckPath);
  const healthCheckPath = paths.find((path) => typeof path === 'string');
  const common = healthCheckPath === undefined ? {} : { healthCheckPath };
  const own = releases.map(([logicalId, { Properties = {} }]) => {
    const { ServiceName } = Properties;
    const name = typeof ServiceName === 'string' ? ServiceName : logicalId;
    return { ...common, name, isGreenlight: true, suitePaths: suitePaths(name, resources, directory) };
  });
  const plain = of('AWS::ECS::Service').map(([name]) => ({ ...common, name, isGreenlight: false, suitePaths: [] }));
  return {
    id,
    services: own.length > 0 ? own : plain,
    hosts: of('AWS::ElasticLoadBalancingV2::ListenerRule').flatMap(([, rule]) => hostsOf(rule)),
    taskDefinitions: JSON.stringify(of('AWS::ECS::TaskDefinition')),
  };
}

/** From the suite that travels in the code of the gate's function. */
function suitePaths(service: string, resources: Readonly<Record<string, Resource>>, directory: string): string[] {
  for (const { Type, Properties = {} } of Object.values(resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const { Environment, Code } = Properties as {
      Environment?: { Variables?: Record<string, unknown> };
      Code?: { S3Key?: unknown };
    };
    if (Environment?.Variables?.GREENLIGHT_SERVICE !== service || typeof Code?.S3Key !== 'string') continue;
    const file = join(directory, `asset.${Code.S3Key.replace(/\.zip$/, '')}`, 'suite.json');
    if (!existsSync(file)) continue;
    const { checks = [] } = readJson(file) as { checks?: { path?: string; method?: string }[] };
    const gets = checks.filter(({ method = 'GET', path }) => method === 'GET' && path?.startsWith('/'));
    return [...new Set(gets.map(({ path = '/' }) => path))].filter((path) => !path.includes('${'));
  }
  return [];
}

function hostsOf({ Properties = {} }: Resource): string[] {
  const { Conditions } = Properties as {
    Conditions?: { Field?: string; HostHeaderConfig?: { Values?: unknown[] }; Values?: unknown[] }[];
  };
  return (Array.isArray(Conditions) ? Conditions : [])
    .filter(({ Field }) => Field === 'host-header')
    .flatMap(({ HostHeaderConfig, Values = [] }) => HostHeaderConfig?.Values ?? Values)
    .filter((host): host is string => typeof host === 'string' && !/[*?]/.test(host));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const SOURCES = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.py', '.java', '.cs', '.go'];
const NOT_OURS = /^(\.|node_modules$|cdk\.out$|dist$|build$|target$|bin$|obj$|venv$|__pycache__$|test$|tests$)/;
const FILES_MAX = 2_000;
const FILE_BYTES_MAX = 1_000_000;

/** `tryGetContext('version')`, `try_get_context("version")`: the same call in every language of the CDK. */
const READ = /\b(?:[tT]ry_?)?[gG]et_?[cC]ontext\(\s*(?:jsii\.String\()?['"`]([^'"`$]+)['"`]/g;

/** Context keys that the sources of an app name when they read context. Those that the CDK itself reads are left out. */
export function contextKeys(directory: string): readonly string[] {
  const keys = new Set<string>();
  for (const file of sourcesIn(directory)) {
    if (statSync(file).size > FILE_BYTES_MAX) continue;
    for (const [, key = ''] of readFileSync(file, 'utf8').matchAll(READ)) keys.add(key);
  }
  return [...keys].filter((key) => !/^(@aws-cdk|aws:)/.test(key)).sort();
}

function sourcesIn(directory: string): readonly string[] {
  const found: string[] = [];
  const folders = [directory];
  for (let folder = folders.shift(); folder !== undefined && found.length < FILES_MAX; folder = folders.shift()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const isBin = entry.name === 'bin' && folder === directory;
      if (entry.isDirectory() && (isBin || !NOT_OURS.test(entry.name))) folders.push(join(folder, entry.name));
      if (entry.isFile() && SOURCES.includes(extname(entry.name))) found.push(join(folder, entry.name));
    }
  }
  return found;
}
