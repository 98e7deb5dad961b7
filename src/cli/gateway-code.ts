/** The gateway's code, loaded by those who run one: it takes a second that `--help` and `jobs` need not wait for. */
export async function gatewayCode() {
  const [{ createGateway, rollBackWithoutGateway }, { readConfig }, { storeExists }] = await Promise.all([
    import('../gateway.ts'),
    import('../config/index.ts'),
    import('../store/index.ts'),
  ]);
  return { createGateway, rollBackWithoutGateway, readConfig, storeExists };
}
