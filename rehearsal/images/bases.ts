/** What is known of base images: they are not pulled, so their own command and folders must be said here. Pure. */

export interface Base {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly workdir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What runs a CMD that is no program: the entry point of the image does so unless the Dockerfile has its own. */
  readonly interpreter?: string;
  /** Python's packages are in `/usr/local`, as in the official images. */
  readonly python?: true;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const BASES: readonly (readonly [RegExp, Base])[] = [
  // https://github.com/GoogleContainerTools/distroless: the language's images start its runtime themselves.
  [/distroless\/nodejs/, { entrypoint: ['node'] }],
  [/distroless\/python3/, { entrypoint: ['python3'] }],
  [/distroless\/java/, { entrypoint: ['java', '-jar'] }],
  // https://github.com/nodejs/docker-node/blob/main/docker-entrypoint.sh
  [/(^|\/)node(:|@|$)/, { interpreter: 'node' }],
  [/(^|\/)nginx(-unprivileged)?(:|@|$)/, { command: ['nginx', '-g', 'daemon off;'] }],
  [/(^|\/)(python|pypy)(:|@|$)|\/uv:.*python|uvicorn-gunicorn/, { python: true }],
  // https://github.com/docker-library/golang
  [
    /(^|\/)golang(:|@|$)/,
    { workdir: '/go', environment: { GOPATH: '/go', PATH: `/go/bin:/usr/local/go/bin:${PATH}` } },
  ],
];

export function baseOf(image: string): Base {
  return BASES.find(([pattern]) => pattern.test(image))?.[1] ?? {};
}
