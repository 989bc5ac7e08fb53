/** As much of the test server as the tests use; it brings no types of its own. */
declare module 's3rver' {
  export default class S3rver {
    constructor(options: object);
    run(): Promise<object>;
    close(): Promise<void>;
  }
}
