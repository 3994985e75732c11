/** Where `npm run native` puts the package, the libraries and what it says of itself. */
import * as path from 'node:path';
import { projectRoot } from '../project-root.ts';

/** Not in git, and not touched by npm: it outlives `npm ci`. */
export const nativeFolder: string = path.join(projectRoot, 'native');

/** Version of @tensorflow/tfjs-node-gpu, the same as that of tfjs-core. */
export const PACKAGE_VERSION = '4.22.0';

/** Version of TensorFlow whose C library is used: tfjs-node asks for 2.9, newer ones work as well. */
export const TENSORFLOW_VERSION = '2.18.1';
