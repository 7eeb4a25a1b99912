import { createFirewall, type SecurityGroupRule } from '../../../rehearsal/services/ec2/firewall';
import { Network } from '../../../rehearsal/core/network';

/** Who reaches a load balancer, and by which of its names and addresses. */

const anywhere: SecurityGroupRule = { protocol: '-1', fromPort: -1, toPort: -1, cidr: '0.0.0.0/0' };
const fromGate: SecurityGroupRule = { protocol: 'tcp', fromPort: 9080, toPort: 9080, groupId: 'sg-gate' };
const NAME = 'web-1.us-east-1.elb.amazonaws.com';
const ADDRESS = '10.0.1.4';
const gate = { securityGroupIds: ['sg-gate'] };

function networkWith(internetFacing: boolean): Network {
  const network = new Network();
  const groups: Readonly<Record<string, SecurityGroupRule[]>> = { 'sg-web': [fromGate], 'sg-gate': [], 'sg-other': [] };
  network.useFirewall(
    createFirewall((id) => groups[id] && { ingress: groups[id], egress: [anywhere], vpcCidr: '10.0.0.0/16' }),
  );
  const at = { privateAddresses: [ADDRESS], names: [NAME], internetFacing, securityGroupIds: ['sg-web'] };
  network.register({ ...at, port: 9080, localPort: 40_001 });
  network.register({ ...at, port: 80, localPort: 40_002 });
  return network;
}

test('a rule that names a security group does not match through the public name of an internet-facing load balancer', () => {
  const network = networkWith(true);
  expect(network.resolve(NAME, 9080, gate)).toEqual({ error: 'ETIMEDOUT' });
  expect(network.resolve(ADDRESS, 9080, gate)).toEqual({ localPort: 40_001 });
});

test('it matches through the name of an internal load balancer, which resolves to private addresses', () => {
  const network = networkWith(false);
  expect(network.resolve(NAME, 9080, gate)).toEqual({ localPort: 40_001 });
  expect(network.resolve(ADDRESS, 9080, gate)).toEqual({ localPort: 40_001 });
});

test('no other group, port or client is let in, and none learns whether something listens', () => {
  const network = networkWith(false);
  expect(network.resolve(NAME, 9080, { securityGroupIds: ['sg-other'] })).toEqual({ error: 'ETIMEDOUT' });
  expect(network.resolve(NAME, 9080, {})).toEqual({ error: 'ETIMEDOUT' });
  expect(network.resolve(NAME, 80, gate)).toEqual({ error: 'ETIMEDOUT' });
  expect(network.resolve(NAME, 81, gate)).toEqual({ error: 'ETIMEDOUT' });
});

test('an unknown name does not resolve, an unknown address times out, and an allowed port without a server refuses', () => {
  const network = networkWith(false);
  expect(network.resolve('elsewhere.example', 80, gate)).toEqual({ error: 'ENOTFOUND' });
  expect(network.resolve('10.0.9.9', 80, gate)).toEqual({ error: 'ETIMEDOUT' });
  network.useFirewall({ allows: () => true });
  expect(network.resolve(NAME, 81, gate)).toEqual({ error: 'ECONNREFUSED' });
});

test('what is taken off the network is gone', () => {
  const network = new Network();
  const at = { privateAddresses: [ADDRESS], names: [NAME], internetFacing: false, securityGroupIds: [] };
  const remove = network.register({ ...at, port: 80, localPort: 40_003 });
  expect(network.resolve(NAME, 80, {})).toEqual({ localPort: 40_003 });
  remove();
  expect(network.resolve(NAME, 80, {})).toEqual({ error: 'ENOTFOUND' });
});

test('names have no case: a client that reads them from a URL finds a load balancer with capitals in its name', () => {
  const network = new Network();
  const names = ['Shop-LoadB-1.us-east-1.elb.amazonaws.com'];
  network.register({
    privateAddresses: [],
    names,
    internetFacing: true,
    securityGroupIds: [],
    port: 80,
    localPort: 40_004,
  });
  network.useFirewall({ allows: (_groups, _port, _source, viaPrivate) => !viaPrivate });
  expect(network.resolve(new URL(`http://${names[0]}`).hostname, 80, {})).toEqual({ localPort: 40_004 });
});
