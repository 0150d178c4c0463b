// What an installation changes: its own address, as it stands in the request domains of the account.
module.exports = {
  base: 'https://hongyao.example.gov.cn/api/v1',
  brand: '红耀江淮',
}
