/** What constructs and the command line use of suites: one reader and one check for all of them. */
export { validateSuite } from './validation';
export { bindVariables, isOpen, secretArns } from './variables';
export { withDefaults } from './defaults';
export { stringifyJson } from '../../common/json/parse';
export { suiteJsonSchema } from './schema/suite';
export { render, soleReference } from './templates';
export { parseSuite, readSuite, SuiteError } from './read';
export type * from './model';
