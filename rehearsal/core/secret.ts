import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { RestRequest, RestResponse } from './rest';

/**
 * What must not be guessed: keys, tokens, passwords and secret paths. They differ in every rehearsal, unlike `Ids`, whose
 * seed makes two rehearsals alike.
 */
export const secrets = {
  /** `length` characters of `alphabet`. */
  token(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
  },

  /** A number in [0, 1). */
  random(): number {
    return randomInt(2 ** 47) / 2 ** 47;
  },

  /** 192 bits that fit into a URL's path. */
  path(): string {
    return randomBytes(24).toString('hex');
  },
};

/** Compares two texts in a time that does not depend on how much of them is equal. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

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
