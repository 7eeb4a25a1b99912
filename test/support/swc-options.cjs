/** How swc compiles the TypeScript of this repository, for Jest and for the apps of the scenarios. */
module.exports = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };
