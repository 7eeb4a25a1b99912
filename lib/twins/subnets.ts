import type { ISubnet, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';

/** Those of the subnets of which the VPC says that they are public. */
export function publicOnes(vpc: IVpc, subnets: readonly ISubnet[]): readonly ISubnet[] {
  return subnets.filter((subnet) => vpc.publicSubnets.includes(subnet));
}

/**
 * A function in a VPC never has a public address, so an internet gateway is no way out for it.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
 */
export function publicSubnetsProblem(vpc: IVpc, subnets: readonly ISubnet[]): string | undefined {
  const [found] = publicOnes(vpc, subnets);
  return found
    ? `the gate's subnet ${found.node.path} is public: a function there reaches neither the internet nor AWS's APIs: name private subnets with a way out (NAT gateway or VPC endpoints)`
    : undefined;
}

/**
 * A task in a public subnet without a public address cannot pull its image, unless VPC endpoints let it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
 */
export function publicAddressProblem(
  vpc: IVpc,
  subnets: readonly ISubnet[],
  assignPublicIp: boolean | undefined,
): string | undefined {
  const [found] = assignPublicIp === undefined ? publicOnes(vpc, subnets) : [];
  return found
    ? `taskSubnets has the public subnet ${found.node.path}, where a task without a public address cannot pull its image: set assignPublicIp to true, or to false where VPC endpoints lead to the registry, or name private subnets`
    : undefined;
}

/** @returns the problem when neither the VPC nor the props say where the gate's functions run */
export function gateSubnetsProblem(vpc: IVpc, vpcSubnets: SubnetSelection | undefined): string | undefined {
  return vpcSubnets || vpc.privateSubnets.length > 0
    ? undefined
    : 'the VPC has no private subnet with egress for the gate: set gate.vpcSubnets to isolated subnets with VPC endpoints (CodeDeploy, CloudWatch, ELB, EC2, ECS, Lambda, Logs), or add subnets of type PRIVATE_WITH_EGRESS with a NAT gateway';
}
