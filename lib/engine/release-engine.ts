import type { Construct } from 'constructs';
import type { BoundEngine } from './bound-engine';
import { bindCodeDeploy } from './code-deploy-engine';
import { bindEcs } from './ecs-engine';
import type { CodeDeployEngineOptions } from './engine-options';

/** What moves the traffic of a `BlueGreenService` from blue to green. */
export class ReleaseEngine {
  /** CodeDeploy, which `cdk deploy` starts and follows by a custom resource. A release has an hour. */
  public static codeDeploy(options: CodeDeployEngineOptions = {}): ReleaseEngine {
    return new ReleaseEngine((scope) => bindCodeDeploy(scope, options));
  }

  /**
   * ECS's own blue/green, canary and linear deployments, which CloudFormation follows. `cdk deploy` lasts until the bake is over.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html
   */
  public static ecs(): ReleaseEngine {
    return new ReleaseEngine(bindEcs);
  }

  private constructor(
    /**
     * What is known before the service exists.
     * @internal
     */
    public readonly _bind: (scope: Construct) => BoundEngine,
  ) {}
}
