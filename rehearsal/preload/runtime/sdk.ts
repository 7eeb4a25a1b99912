import Module from 'node:module';

/** The scopes that AWS's runtimes have packages of. */
export const SDK_SCOPES = ['@aws-sdk', '@smithy'];

type Resolve = (request: string, ...rest: unknown[]) => string;

/** The error that a function gets for a package that AWS's runtime has and this one has not. */
export function remedyFor(name: string): string {
  return (
    `the rehearsed Lambda runtime has no ${name}, which AWS's has: install it next to the CDK app ` +
    `(npm install --save-dev ${name}), then it is used from there`
  );
}

/** The package of the SDK that could not be found, when that is what went wrong. */
export function missingPackage(error: unknown): string | undefined {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  if (!/^(ERR_)?MODULE_NOT_FOUND$/.test(code)) return undefined;
  return /Cannot find (?:module|package) '(@(?:aws-sdk|smithy)\/[\w-]+)/.exec(message)?.[1];
}

/** Reports packages of the SDK that `require` does not find: handlers may hide the error, as AwsCustomResource's does. */
export function watchForMissingSdk(report: (name: string) => void): void {
  const internals = Module as unknown as { _resolveFilename: Resolve };
  const resolve = internals._resolveFilename;
  internals._resolveFilename = function (this: unknown, request, ...rest) {
    try {
      return resolve.call(this, request, ...rest);
    } catch (error) {
      const name = missingPackage(error);
      if (name !== undefined) report(name);
      throw error;
    }
  };
}
