import type { FoundStack } from './found';

/**
 * The CDK mixes this context value into the hash of every asset, so that the same sources become a new image.
 * https://github.com/aws/aws-cdk/blob/v2.276.0/packages/aws-cdk-lib/core/lib/asset-staging.ts
 */
export const ASSET_SALT = '@aws-cdk/core:assetHashSalt';

/** What makes a release of the app differ from the one before: a context key, tried out on the app. */
export interface Change {
  readonly key: string;
}

export interface Proposal {
  /** Of the file to the JSON Schema of rehearsal files; absent when an editor cannot find one. */
  readonly schema?: string;
  readonly app?: string;
  readonly stack: FoundStack;
  readonly otherStacks: readonly string[];
  readonly contextKeys: readonly string[];
  /** Absent when nothing that was tried changes a task definition. */
  readonly change?: Change;
}

/** Names of context keys that are likely to make a new release. */
export function isLikelyVersion(key: string): boolean {
  return /(^|[^a-z])(version|release|tag|image-?tag|build|commit|sha|revision)([^a-z]|$)/i.test(
    key.replace(/([a-z])([A-Z])/g, '$1-$2'),
  );
}

/** The text of a rehearsal file that runs as it is. */
export function proposalText(proposal: Proposal): string {
  return `${[...heading(proposal), '', ...traffic(proposal), '', 'releases:', ...releases(proposal)].join('\n')}\n`;
}

function heading({ schema, app, stack, otherStacks, contextKeys }: Proposal): string[] {
  const others = otherStacks.length > 0 ? ` # the app also has ${otherStacks.join(', ')}` : '';
  return [
    ...(schema === undefined ? [] : [`# yaml-language-server: $schema=${schema}`]),
    '# Releases of this CDK app, rehearsed on your machine: npx greenlight rehearse',
    '# docs/rehearsal.md in the package cdk-greenlight explains every field.',
    'version: 1',
    `stack: ${quoted(stack.id)}${others}`,
    ...(app === undefined ? [] : [`app: ${quoted(app)}`]),
    ...(contextKeys.length > 0 ? [`# Context that the app reads: ${contextKeys.join(', ')}`] : []),
  ];
}

function traffic({ stack }: Proposal): string[] {
  const [service] = stack.services;
  const health = service?.healthCheckPath;
  const suite = service?.suitePaths.filter((path) => path !== health) ?? [];
  const paths = suite.length > 0 ? suite : [health ?? '/'];
  const what = suite.length > 0 ? 'a check of the smoke suite' : 'the health check; add what your users ask for';
  const [host] = stack.hosts;
  return [
    'traffic:',
    '  rate: 5 # requests per second of AWS time',
    '  paths:',
    ...paths.map((path) => `    - ${quoted(path)} # ${what}`),
    ...(host === undefined ? [] : [`  host: ${quoted(host)} # a listener rule asks for it`]),
  ];
}

function releases(proposal: Proposal): string[] {
  const first = [
    '  - name: v1',
    '    description: The first deployment creates everything; there is nothing to shift yet.',
    ...contextOf(proposal, 'v1'),
    '    expect: created',
  ];
  if (!proposal.change) return [...first, ...unchanged()];
  return [...first, '', ...good(proposal), '', ...bad(proposal)];
}

function good(proposal: Proposal): string[] {
  return [
    '  - name: v2',
    '    description: A good release. Not one request may be lost.',
    ...contextOf(proposal, 'v2'),
    '    expect: succeeded',
  ];
}

function bad(proposal: Proposal): string[] {
  const isGreenlight = proposal.stack.services.some((service) => service.isGreenlight);
  const release = [
    '- name: v3',
    '  description: A bad release. The smoke gate stops it before any user meets it.',
    ...contextOf(proposal, 'v3').map((line) => line.slice(2)),
    '  # The rehearsal gives the tasks of this release a fault; the app and its template stay as they are.',
    '  # Health checks of the load balancer never have it.',
    '  fault: { status: 500 }',
    '  expect: rolled-back',
  ];
  const late = [
    '- name: v4',
    '  description: Good at first, it fails under production traffic. Only the alarms can stop it.',
    ...contextOf(proposal, 'v4').map((line) => line.slice(2)),
    '  fault: { status: 500, percent: 40, afterRequests: 20 }',
    '  expect: rolled-back',
  ];
  if (isGreenlight) return [...release.map(indent), '', ...late.map(comment)];
  return [
    '  # A service without a gate or alarms ships whatever it gets. With BlueGreenService of cdk-greenlight this one',
    '  # is stopped:',
    ...release.map(comment),
  ];
}

const indent = (line: string) => `  ${line}`;
const comment = (line: string) => `  # ${line}`;

function contextOf({ change }: Proposal, name: string): string[] {
  if (!change) return [];
  if (change.key !== ASSET_SALT) return [`    context: { ${quoted(change.key)}: ${quoted(name)} }`];
  if (name === 'v1') return [];
  return [
    ...(name === 'v2'
      ? ['    # The CDK mixes this into the hash of each image: a new build of the same sources.']
      : []),
    `    context: { ${quoted(ASSET_SALT)}: ${quoted(name)} }`,
  ];
}

function unchanged(): string[] {
  return [
    '',
    '  # No second release is proposed: no context key that the app reads changes a task definition, and no image is',
    '  # built from a folder. Read one in the app, app.node.tryGetContext("tag"), use it in the image, and then:',
    '  # - name: v2',
    '  #   context: { tag: "2" }',
    '  #   expect: succeeded',
  ];
}

/** A YAML scalar that reads back as the same text. */
function quoted(text: string): string {
  return /^[A-Za-z/][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
