import type { CfnSecurityGroup, IConnectable } from 'aws-cdk-lib/aws-ec2';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
const CHARACTERS_MAX = 255;

/**
 * Shortens the description of the security group that CDK made: the construct's whole path is in it. One that EC2 takes
 * stays as it is, as another one would replace the group.
 */
export function limitDescription(owner: IConnectable): void {
  for (const group of owner.connections.securityGroups) {
    const resource = group.node.defaultChild as CfnSecurityGroup | undefined;
    if (!resource || resource.groupDescription.length <= CHARACTERS_MAX) continue;
    resource.groupDescription = resource.groupDescription.slice(0, CHARACTERS_MAX);
  }
}
