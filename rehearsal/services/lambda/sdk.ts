import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { preloadFile } from '../../../common/bundles';
import { SDK_SCOPES } from '../../preload/runtime/sdk';

interface Sdk {
  readonly packages: Readonly<Record<string, () => object>>;
}

const importOfSdk = /(?:\bfrom|\bimport)\s*\(?\s*["'`](@(?:aws-sdk|smithy)\/[\w-]+)["'`]/g;

/**
 * The SDK of Lambda's Node runtimes. On AWS it is in a `node_modules` above the function's folder, where both `require`
 * and `import` find it after the function's own packages; here too. What the rehearsal does not bring is taken from the
 * app's packages.
 */
export class RuntimeSdk {
  private readonly modules: string;
  private readonly named = new Set<string>();
  private sdk: Sdk | undefined;

  /** @param above a folder above those of all functions @param appDirectory where the CDK app's packages are */
  constructor(
    above: string,
    private readonly appDirectory: string,
  ) {
    this.modules = join(above, 'node_modules');
  }

  /** Lays the packages out, and the exports of those that the code imports by name. */
  provideFor(codeDirectory: string): void {
    const { packages } = (this.sdk ??= this.layOut());
    for (const name of importedBy(codeDirectory)) {
      const load = packages[name];
      if (!load || this.named.has(name)) continue;
      this.named.add(name);
      // Node reads the names of a CommonJS module's exports from its text.
      writeFileSync(
        this.fileOf(name),
        `${redirect(name)}0 && (module.exports = { ${Object.keys(load()).join(', ')} });\n`,
      );
    }
  }

  private layOut(): Sdk {
    const sdk = createRequire(__filename)(preloadFile('aws-sdk')) as Sdk;
    for (const scope of SDK_SCOPES) mkdirSync(join(this.modules, scope), { recursive: true });
    for (const name of Object.keys(sdk.packages)) {
      mkdirSync(join(this.modules, name));
      writeFileSync(this.fileOf(name), redirect(name));
    }
    this.linkThoseOfTheApp();
    return sdk;
  }

  private linkThoseOfTheApp(): void {
    for (let folder = this.appDirectory; ; folder = dirname(folder)) {
      for (const scope of SDK_SCOPES) {
        const from = join(folder, 'node_modules', scope);
        for (const name of existsSync(from) ? readdirSync(from) : []) {
          const to = join(this.modules, scope, name);
          if (!existsSync(to)) symlinkSync(join(from, name), to, 'junction');
        }
      }
      if (dirname(folder) === folder) return;
    }
  }

  private fileOf(name: string): string {
    return join(this.modules, name, 'index.js');
  }
}

function redirect(name: string): string {
  return `module.exports = require(${JSON.stringify(preloadFile('aws-sdk'))}).packages[${JSON.stringify(name)}]();\n`;
}

/** Packages of the SDK that the function's own modules import; a bundle is in the folder itself or not far below it. */
function importedBy(directory: string): readonly string[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.[cm]?js$/.test(file) && !file.includes('node_modules'),
  );
  return files.flatMap((file) =>
    [...readFileSync(join(directory, file), 'utf8').matchAll(importOfSdk)].map(([, name = '']) => name),
  );
}
