import type { LocalAws } from '../index';
import { oneLine } from '../report/printable';
import { findLiveServices } from './live';
import { viewStacks } from './stacks';

/** Where to look at a rehearsal that is kept running: the endpoint for AWS clients and the services' own addresses. */
export async function whereToLook(aws: LocalAws): Promise<string> {
  const environment = aws.deployerEnvironment();
  const variables = [
    'AWS_ENDPOINT_URL',
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
  ];
  const lines = ['For any AWS client:', ...variables.map((name) => `  export ${name}=${environment[name] ?? ''}`)];
  const services = await findLiveServices(aws.world);
  const listeners = new Set(services.flatMap(({ routes }) => routes.map(({ listener }) => listener.arn)));
  for (const arn of listeners) {
    const url = aws.services.elasticloadbalancing.listenerUrl(arn);
    lines.push(`Production: ${url}`);
    if (url.startsWith('https:')) lines.push(`  curl --cacert ${aws.network.authorityFile ?? ''} ${url}`);
  }
  const stacks = (await viewStacks(aws.world)).filter(({ nested }) => !nested);
  for (const { outputs } of stacks) {
    for (const [key, value] of Object.entries(outputs)) lines.push(`  ${key} = ${value}`);
  }
  return lines.map(oneLine).join('\n');
}
