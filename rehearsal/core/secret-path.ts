import { isSameSecret, secrets } from './secret';
import type { RestRequest, RestResponse } from './rest';

type Handler = (request: RestRequest, rest: string) => Promise<RestResponse>;

/**
 * An unsigned route of the endpoint. Its address holds a secret, which only those programs are given that need the route:
 * `/_rehearsal/<name>/<secret>`, and what the handler reads after it.
 */
export class SecretPath {
  private readonly secret = secrets.path();

  /** @param prefix path that ends in `/` */
  constructor(readonly prefix: string) {}

  /** To be appended to the endpoint's URL. */
  get path(): string {
    return this.prefix + this.secret;
  }

  /** For `Service.routes`: refuses every request without the secret. */
  routes(handle: Handler): Readonly<Record<string, (request: RestRequest) => Promise<RestResponse>>> {
    return {
      [this.prefix]: async (request) => {
        const [given = '', ...rest] = request.path.slice(this.prefix.length).split('/');
        if (!isSameSecret(given, this.secret)) return { status: 403 };
        return handle(request, rest.join('/'));
      },
    };
  }
}
