import type { LocalAws } from '../index';
import { findLiveService, viewStack } from './live';

/** Where to look at a rehearsal that is kept running: the endpoint for AWS clients and the service's own address. */
export async function whereToLook(aws: LocalAws, stackName: string): Promise<string> {
  const environment = aws.deployerEnvironment();
  const variables = [
    'AWS_ENDPOINT_URL',
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
  ];
  const lines = ['For any AWS client:', ...variables.map((name) => `  export ${name}=${environment[name] ?? ''}`)];
  const service = await findLiveService(aws.world, stackName);
  if (service) {
    const url = aws.services.elasticloadbalancing.listenerUrl(service.productionListenerArn);
    lines.push(`Production: ${url}`);
    if (url.startsWith('https:')) lines.push(`  curl --cacert ${aws.network.authorityFile ?? ''} ${url}`);
  }
  const stack = await viewStack(aws.world, stackName);
  for (const [key, value] of Object.entries(stack?.outputs ?? {})) lines.push(`  ${key} = ${value}`);
  return lines.join('\n');
}
