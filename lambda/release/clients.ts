import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { ECSClient } from '@aws-sdk/client-ecs';

// Made at first use and kept from one invocation to the next.
const made: { codedeploy?: CodeDeployClient; ecs?: ECSClient } = {};

export const codedeploy = () => (made.codedeploy ??= new CodeDeployClient());
export const ecs = () => (made.ecs ??= new ECSClient());
