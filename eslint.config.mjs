import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Imports come in three groups: modules of Node, packages, own modules. */
const importOrder = [
  {
    selector: 'ImportDeclaration[source.value=/^(?!node:)/] ~ ImportDeclaration[source.value=/^node:/]',
    message: "Import the modules of Node first: move this line above the packages and the repository's own modules.",
  },
  {
    selector: 'ImportDeclaration[source.value=/^[.]/] ~ ImportDeclaration[source.value=/^[^.]/]',
    message: "Import packages before the repository's own modules: move this line up.",
  },
];

export default tseslint.config(
  { ignores: ['node_modules/', '**/dist/', '**/bundles/', '**/cdk.out/', 'coverage/', 'dist-packages/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // Operations of the local AWS take and return AWS's wire shapes; each names its own input type.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': ['error', ...importOrder],
      'max-lines': ['warn', { max: 300, skipBlankLines: true }],
      'max-lines-per-function': ['warn', { max: 50, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off', 'max-lines': 'off' } },
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
);
