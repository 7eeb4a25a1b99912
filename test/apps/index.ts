import type { App } from 'aws-cdk-lib';
import * as codeDeploy from './code-deploy';
import * as crossStack from './cross-stack';
import * as customResource from './custom-resource';
import * as database from './database';
import * as efs from './efs';
import * as instances from './instances';
import * as internal from './internal';
import * as nested from './nested';
import * as networkLoadBalancer from './network-load-balancer';
import * as pipeline from './pipeline';
import * as publicSite from './public-site';
import * as rolling from './rolling';
import * as scaling from './scaling';
import * as scheduledTask from './scheduled-task';
import * as serviceConnect from './service-connect';
import * as sidecar from './sidecar';
import * as worker from './worker';

/** Adds the app's stacks; the version is what a release changes. */
export type Build = (app: App, version: string) => void;

/** Apps as people write them, each of a common way to use ECS; docs/apps.md says of each what a rehearsal records only. */
export const APPS: Readonly<Record<string, Build>> = {
  rolling: rolling.build,
  'code-deploy': codeDeploy.build,
  'cross-stack': crossStack.build,
  'custom-resource': customResource.build,
  database: database.build,
  efs: efs.build,
  instances: instances.build,
  internal: internal.build,
  nested: nested.build,
  'network-load-balancer': networkLoadBalancer.build,
  pipeline: pipeline.build,
  'public-site': publicSite.build,
  scaling: scaling.build,
  'scheduled-task': scheduledTask.build,
  'service-connect': serviceConnect.build,
  sidecar: sidecar.build,
  worker: worker.build,
};
