import { covered } from '../../core/coverage';
import { ec2Coverage } from './coverage';
import type { Service, World } from '../../core/service';
import { createFirewall } from './firewall';
import { ec2Operations } from './operations';
import { ec2ResourceTypes } from './resources';
import { addExistingVpc, type ExistingVpc } from './seed';
import { Ec2State, SecurityGroups } from './state';

export interface Ec2Service extends Service {
  readonly state: Ec2State;
  /** For what an account has before the first deployment. */
  addVpc(vpc: ExistingVpc): void;
}

/** EC2's part of a release: the network that the template describes, and its security groups as the firewall. */
export { SecurityGroups } from './state';

/** @param groups those of all accounts and regions, which share one network */
export function createEc2(world: World, groups = new SecurityGroups()): Ec2Service {
  const state = new Ec2State();
  groups.add(state);
  world.network.useFirewall(createFirewall((groupId) => groups.rulesOf(groupId)));
  return {
    prefix: 'ec2',
    protocol: { kind: 'query', version: '2016-11-15', namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/' },
    operations: ec2Operations(world, state),
    resourceTypes: covered(ec2ResourceTypes(world, state), ec2Coverage),
    state,
    addVpc: (vpc) => addExistingVpc(world, state, vpc),
  };
}
