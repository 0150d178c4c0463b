// An activity in a list, whole a button: title, when, where, whose, and one word about it (shown by lib/brief.js).
Component({
  options: { addGlobalClass: true },
  properties: { activity: Object },
  methods: {
    onTap() {
      wx.navigateTo({ url: `/pages/activity/activity?code=${this.data.activity.code}` })
    },
  },
})
