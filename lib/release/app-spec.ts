/** The AppSpec of an ECS deployment: everything that travels with a release. Pure. */

export interface AppSpecInput {
  readonly taskDefinitionArn: string;
  readonly containerName: string;
  readonly containerPort: number;
  readonly platformVersion: string;
  /** Ids, or what CloudFormation resolves to one. */
  readonly subnetIds: readonly unknown[];
  readonly securityGroupIds: readonly unknown[];
  readonly assignPublicIp: boolean;
  /** As the AppSpec has it, or what CloudFormation resolves to it. */
  readonly capacityProviderStrategy?: unknown;
  /** Function names by lifecycle event, in the order of the events. */
  readonly hooks: Readonly<Record<string, string>>;
}

/**
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html#reference-appspec-file-structure-resources-ecs
 * A deployment drops the service's capacity provider strategy unless the AppSpec repeats it:
 * https://github.com/aws/containers-roadmap/issues/1752
 */
export function renderAppSpec(input: AppSpecInput): object {
  return {
    version: '0.0',
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: input.taskDefinitionArn,
            LoadBalancerInfo: { ContainerName: input.containerName, ContainerPort: input.containerPort },
            PlatformVersion: input.platformVersion,
            NetworkConfiguration: {
              AwsvpcConfiguration: {
                Subnets: input.subnetIds,
                SecurityGroups: input.securityGroupIds,
                AssignPublicIp: input.assignPublicIp ? 'ENABLED' : 'DISABLED',
              },
            },
            ...(input.capacityProviderStrategy !== undefined && {
              CapacityProviderStrategy: input.capacityProviderStrategy,
            }),
          },
        },
      },
    ],
    Hooks: Object.entries(input.hooks).map(([event, functionName]) => ({ [event]: functionName })),
  };
}
