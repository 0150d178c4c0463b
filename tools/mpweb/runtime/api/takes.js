// Which interface takes which data of a person, by WeChat's list of what the privacy guideline must name.

/** Interface, open-type, or component → the data of the guideline that it takes. */
const TAKES = {
  getLocation: 'location', getFuzzyLocation: 'location', startLocationUpdate: 'location',
  startLocationUpdateBackground: 'location', onLocationChange: 'location', chooseLocation: 'chosenLocation',
  choosePoi: 'chosenLocation', chooseAddress: 'address', getPhoneNumber: 'phone', getRealtimePhoneNumber: 'phone',
  chooseAvatar: 'avatar', nickname: 'avatar', chooseMedia: 'photos', chooseImage: 'photos', chooseVideo: 'photos',
  chooseMessageFile: 'files', camera: 'camera', saveImageToPhotosAlbum: 'albumWrite',
  saveVideoToPhotosAlbum: 'albumWrite', setClipboardData: 'clipboard', getClipboardData: 'clipboard',
  addPhoneCalendar: 'calendar', addPhoneContact: 'contact', getWeRunData: 'steps',
}
/** These also want their name in requiredPrivateInfos of app.json. */
const INFOS = [
  'chooseAddress', 'chooseLocation', 'choosePoi', 'getFuzzyLocation', 'getLocation', 'onLocationChange',
  'startLocationUpdate', 'startLocationUpdateBackground',
]

module.exports = { INFOS, TAKES }
