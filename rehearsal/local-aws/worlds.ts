import { bootstrapEnvironment, bootstrapOf } from './bootstrap';
import { LocalWorld, type WorldOptions } from '../core/dispatch';
import { createIam, type IamService } from '../services/iam';
import { Sessions } from '../services/iam/state';
import { partitionOf } from '../core/service';
import { createServices, type Services, type Shared } from './services';

/** An account and a region, what CDK calls a stack's environment. */
export interface Environment {
  readonly accountId: string;
  readonly region: string;
}

/** One environment with all its services. */
export interface Place {
  readonly world: LocalWorld;
  readonly services: Services;
}

export type WorldsOptions = Omit<WorldOptions, 'accountId' | 'region'>;

/**
 * All accounts and regions of a rehearsal: time, network and events are one, users and roles are an account's, everything
 * else an environment's. An environment is made, and bootstrapped, when somebody first asks for it.
 */
export class Worlds {
  private readonly places = new Map<string, Place>();
  private readonly worlds = new Map<string, LocalWorld>();
  private readonly accounts = new Map<string, IamService>();
  private readonly sessions: Sessions = new Map();
  private endpointUrl = '';

  /** @param home of the deployer, whom the other accounts trust @param onRegion called with each region that is used */
  constructor(
    private readonly options: WorldsOptions,
    private readonly home: Environment,
    private readonly shared: Shared,
    private readonly onRegion: (region: string) => void,
  ) {}

  /** To be set before any service is called. */
  set endpoint(url: string) {
    this.endpointUrl = url;
    for (const world of this.worlds.values()) world.endpoint = url;
  }

  of(environment: Environment): Place {
    const key = keyOf(environment);
    const found = this.places.get(key);
    if (found) return found;
    const world = this.worldOf(environment);
    const bootstrapFor = (roleArn: string) => this.bootstrapFor(roleArn);
    const services = createServices(world, this.iamOf(environment), this.shared, bootstrapFor);
    const place = { world, services };
    this.places.set(key, place);
    this.onRegion(environment.region);
    bootstrapEnvironment(world, services, { trusted: this.home.accountId });
    return place;
  }

  /** The environment's world, to which its services may not have been added yet. */
  worldOf(environment: Environment): LocalWorld {
    const key = keyOf(environment);
    let world = this.worlds.get(key);
    if (world) return world;
    world = new LocalWorld({ ...this.options, ...environment });
    world.endpoint = this.endpointUrl;
    world.useAuthority(this.iamOf(environment).authority);
    this.worlds.set(key, world);
    return world;
  }

  /** In the order in which they were made. */
  all(): readonly Place[] {
    return [...this.places.values()];
  }

  iamOf({ accountId, region }: Environment): IamService {
    const key = `${partitionOf(region)}:${accountId}`;
    let iam = this.accounts.get(key);
    if (!iam) {
      const { clock, events, ids } = this.options;
      const authorityOf = (arn: string) => this.authorityOf(arn);
      iam = createIam({ clock, events, ids, accountId, region }, { sessions: this.sessions, authorityOf });
      this.accounts.set(key, iam);
    }
    return iam;
  }

  private authorityOf(arn: string) {
    const [, partition = '', , , accountId = ''] = arn.split(':');
    return this.accounts.get(`${partition}:${accountId}`)?.authority;
  }

  /** CDK's CLI assumes the roles of an environment before it does anything else there. */
  private bootstrapFor(roleArn: string): void {
    const found = bootstrapOf(roleArn);
    if (!found) return;
    const { world, services } = this.of(found.environment);
    bootstrapEnvironment(world, services, { trusted: this.home.accountId, qualifier: found.qualifier });
  }
}

const keyOf = ({ accountId, region }: Environment) => `${accountId}/${region}`;
