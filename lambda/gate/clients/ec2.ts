import { ec2Call } from '../../../aws/signed-call';

/** What is read of the answer; an empty list is an empty text. */
interface Interfaces {
  readonly networkInterfaceSet?: { readonly item?: readonly { readonly privateIpAddress?: string }[] } | '';
}

/**
 * Private addresses of a load balancer's nodes: its network interfaces carry `ELB app/<name>/<id>` as description.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
 * @throws Error when there is none
 */
export async function privateAddresses(loadBalancerFullName: string, signal: AbortSignal): Promise<string[]> {
  const description = `ELB ${loadBalancerFullName}`;
  const filter = { 'Filter.1.Name': 'description', 'Filter.1.Value.1': description };
  const answer = (await ec2Call('DescribeNetworkInterfaces', filter, { signal })) as Interfaces;
  const interfaces = (answer.networkInterfaceSet || {}).item ?? [];
  const addresses = interfaces.flatMap((it) => it.privateIpAddress ?? []);
  if (addresses.length === 0) throw new Error(`no network interface is described as "${description}"`);
  return addresses;
}
