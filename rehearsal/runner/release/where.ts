import { readFileSync } from 'node:fs';
import type { LocalAws, Place } from '../../local-aws';
import { oneLine } from '../report/printable';
import { findLiveServices } from './live';
import { viewStacks } from './stacks';

/** How to use a rehearsal that is kept running: how to become a client of it, and the services' own addresses. */
export async function clientInstructions(aws: LocalAws): Promise<string> {
  const lines = clients(aws);
  for (const place of aws.places()) lines.push(...(await addresses(aws, place)));
  return lines.map(oneLine).join('\n');
}

function clients(aws: LocalAws): string[] {
  const { deployer, administrator } = aws.clientScripts();
  return [
    'For cdk and any AWS client in another terminal, as the deployer, who assumes the roles of cdk bootstrap and reads:',
    `  source ${deployer}`,
    'or as an administrator, who may do everything:',
    `  source ${administrator}`,
    'which is:',
    ...readFileSync(administrator, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('export '))
      .map((line) => `  ${line}`),
  ];
}

async function addresses(aws: LocalAws, { world, services }: Place): Promise<string[]> {
  const lines: string[] = [];
  const live = await findLiveServices(world);
  const listeners = new Set(live.flatMap(({ routes }) => routes.map(({ listener }) => listener.arn)));
  for (const arn of listeners) {
    const url = services.elasticloadbalancing.listenerUrl(arn);
    lines.push(`Production: ${url}`);
    if (url.startsWith('https:')) lines.push(`  curl --cacert ${aws.network.authorityFile ?? ''} ${url}`);
  }
  const stacks = (await viewStacks(world)).filter(({ nested }) => !nested);
  for (const { outputs } of stacks) {
    for (const [key, value] of Object.entries(outputs)) lines.push(`  ${key} = ${value}`);
  }
  return lines;
}
