const { createRequire } = require('node:module');
const Runtime = require('jest-runtime').default;

/**
 * What a worker loads once for all of its test files. Jest loads each again for each file, which was half of the time of
 * `npm test`: the CDK takes seconds. Only packages without a state of a test's own belong here: no SDK client, because tests
 * replace their methods and set their environment.
 */
const SHARED =
  /^(aws-cdk-lib|constructs|@aws-cdk|@cdklabs|@cloud-copilot|ajv|cdk-nag|fast-check|typescript|yaml|zod)(\/|$)/;

module.exports = {
  __esModule: true,
  default: class extends Runtime {
    hasCdk = false;

    // What a test mocks never comes here.
    requireModule(from, moduleName, ...options) {
      if (!moduleName || !SHARED.test(moduleName)) return super.requireModule(from, moduleName, ...options);
      this.hasCdk ||= moduleName.startsWith('aws-cdk-lib');
      return createRequire(from)(moduleName);
    }

    /** The CDK keeps the folder of each synthesis until the process ends: those of all files would delay the end of the worker. */
    teardown() {
      super.teardown();
      if (this.hasCdk) require('aws-cdk-lib/cx-api').CloudAssembly.cleanupTemporaryDirectories();
    }
  },
};
