import type { Firewall } from '../../../../rehearsal/core/network';
import {
  createFirewall,
  type SecurityGroupRule,
  type SecurityGroupRules,
} from '../../../../rehearsal/services/ec2/firewall';

const all = { protocol: '-1', fromPort: -1, toPort: -1 };
const anywhere: SecurityGroupRule = { ...all, cidr: '0.0.0.0/0' };
const tcp = (port: number, more: Partial<SecurityGroupRule>): SecurityGroupRule => ({
  ...{ protocol: 'tcp', fromPort: port, toPort: port },
  ...more,
});
/** What the CDK writes for `allowAllOutbound: false`. */
const nothing: SecurityGroupRule = { protocol: 'icmp', fromPort: 252, toPort: 86, cidr: '255.255.255.255/32' };

function firewall(groups: Record<string, Partial<SecurityGroupRules>>) {
  const built = createFirewall((id) => {
    const group = groups[id];
    return group && { ingress: [], egress: [anywhere], vpcCidr: '10.0.0.0/16', ...group };
  });
  return { allows: (...question: Parameters<Firewall['allows']>) => built.allows(...question) };
}

const gate = { securityGroupIds: ['gate'] };

test('a rule that names a group admits it only over private addresses', () => {
  const { allows } = firewall({ web: { ingress: [tcp(8443, { groupId: 'gate' })] }, gate: {}, other: {} });
  expect(allows(['web'], 8443, gate, true)).toBe(true);
  expect(allows(['web'], 8443, gate, false)).toBe(false);
  expect(allows(['web'], 443, gate, true)).toBe(false);
  expect(allows(['web'], 8443, { securityGroupIds: ['other'] }, true)).toBe(false);
  expect(allows(['web'], 8443, {}, true)).toBe(false);
});

test.each<[string, boolean, boolean, boolean]>([
  ['0.0.0.0/0', true, true, true],
  ['10.0.0.0/16', true, false, false],
  ['10.0.0.0/8', true, false, false],
  ['10.1.0.0/16', false, false, false],
])('a rule for %s', (cidr, inside, byPublicAddress, internet) => {
  const { allows } = firewall({ web: { ingress: [tcp(80, { cidr })] }, gate: {} });
  expect(allows(['web'], 80, gate, true)).toBe(inside);
  expect(allows(['web'], 80, gate, false)).toBe(byPublicAddress);
  expect(allows(['web'], 80, {}, false)).toBe(internet);
});

test('a source may only go where its egress rules let it', () => {
  const ingress = [anywhere];
  const closed = firewall({ web: { ingress }, gate: { egress: [nothing] } });
  expect(closed.allows(['web'], 80, gate, true)).toBe(false);
  const toWeb = firewall({ web: { ingress }, gate: { egress: [tcp(80, { groupId: 'web' })] } });
  expect(toWeb.allows(['web'], 80, gate, true)).toBe(true);
  expect(toWeb.allows(['web'], 81, gate, true)).toBe(false);
  expect(toWeb.allows(['web'], 80, gate, false)).toBe(false);
});

test('any one of the groups suffices; an unknown group admits nobody; none means no firewall', () => {
  const { allows } = firewall({ web: { ingress: [tcp(80, { cidr: '0.0.0.0/0' })] }, shut: {} });
  expect(allows(['shut', 'web'], 80, {}, false)).toBe(true);
  expect(allows(['shut'], 80, {}, false)).toBe(false);
  expect(allows(['nowhere'], 80, {}, false)).toBe(false);
  expect(allows([], 80, {}, false)).toBe(true);
});
