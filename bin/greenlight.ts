#!/usr/bin/env node
import { runCommandLine } from '../cli';

void runCommandLine(process.argv).then((exitCode) => {
  process.exitCode = exitCode;
});
