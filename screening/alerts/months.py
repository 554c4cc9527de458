"""Names of months in the languages of lists, whole and shortened, without accents.

Source: Unicode CLDR, month names of the Gregorian calendar (format and stand-alone, wide and
abbreviated) in 46
languages, and a few short forms that lists write. A word that names different months in two languages
(listopad is November in Polish, October in Croatian) names both, and the date is as exact as both allow.

>>> [months_named(word) for word in ("février", "Sept.", "lip", "мая", "x")]
[(2,), (9,), (6, 7), (5,), ()]
"""

from screening.alerts.text import word_key

# the numbers of the months, then the words
_WORDS = """
1: ene enero gen gener gennaio ian ianuarie jaan jaanuar jan janar janeiro januar januara januari january
    janv janvaris janvier led leden ledna oca ocak saus sausio sausis sij sijecanj sijecnja sty styczen
    stycznia tammi tammikuu tammikuuta urt urtarrila yan yanvar ιαν ιανουαριοσ ιανουαριου сту студзень
    студзеня січ січень січня янв январь января яну януари јан јануари қаң қаңтар հնվ հունվար հունվարի
    ינו ינואר كانونالثاني يناير ژانویه იან იანვარი
2: feb febbraio febr febrer febrero februar februara februari februarie februaris february fev fevereiro
    fevr fevral fevrier helmi helmikuu helmikuuta lut lutego luty ots otsaila shk shkurt sub subat uno
    unor unora vas vasario vasaris veebr veebruar velj veljaca veljace φεβ φεβρουαριοσ φεβρουαριου ақп
    ақпан лют лютага лютии лютого люты фев февр февраль февраля февруари փետրվար փետրվարի փտվ פבר פברואר
    شباط فبراير فوریه თებ თებერვალი
3: bre brezen brezna kov kovas kovo maalis maaliskuu maaliskuuta maart mac machi maerz mar marc marca
    march marcius marco marec maret mars mart martie marts martxoa marz marzec marzo mrt mrz ozu ozujak
    ozujka μαρ μαρτιοσ μαρτιου бер березень березня мар март марта нау наурыз сак сакавік сакавіка մարտ
    մարտի մրտ מרץ اذار مارس მარ მარტი
4: abr abril api apirila apr aprel april aprila aprile aprili aprilie aprilis aprill avr avril bal
    balandis balandzio dabr dabril dub duben dubna huhti huhtikuu huhtikuuta kwi kwiecien kwietnia nis
    nisan pri prill tra travanj travnja απρ απριλιοσ απριλιου апр апрель апреля април квіт квітень квітня
    кра красавік красавіка сәу сәуір ապր ապրիլ ապրիլի אפר אפריל ابريل اوریل نيسان აპრ აპრილი
5: geg geguze geguzes kve kveten kvetna mag maggio mai maiatza maig maijs maio maj maja majus may mayo
    mayıs mei svi svibanj svibnja touko toukokuu toukokuuta μαι μαιοσ μαιου маи мам мамыр мая мај трав
    травень травня մայիս մայիսի մյս מאי ايار ماي مايو მაი მაისი
6: birz birzelio birzelis cerven cervna cvn cze czerwca czerwiec eka ekaina giu giugno haz haziran iun
    iunie iyn iyun juin jun juna june junho juni junij junijs junio junius juny juuni kesa kesakuu
    kesakuuta lipanj lipnja qer qershor ιουν ιουνιοσ ιουνιου июн июнь июня мау маусым черв червень червня
    чэр чэрвень чэрвеня юни јун јуни հնս հունիս հունիսի יוני حزيران يونيو ژوين ივნ ივნისი
7: cervence cervenec cvc heina heinakuu heinakuuta iul iulie iyl iyul juil juillet jul jula julai julho
    juli julij julijs julio juliol julius july juuli korr korrik liep liepa liepos lipca lipiec lug
    luglio srpanj srpnja tem temmuz uzt uztaila ιουλ ιουλιοσ ιουλιου июл июль июля лип липень липня ліп
    ліпень ліпеня шіл шілде юли јул јули հլս հուլիս հուլիսի יולי تموز يوليو يوليوز ژويیه ივლ ივლისი
8: abu abuztua ago agost agosti agosto agu agustos agustus aout aug august augusta augusti augusts
    augustus augusztus avg avgust avq avqust dag dagost elo elokuu elokuuta gush gusht kol kolovoz
    kolovoza ogo ogos rugp rugpjucio rugpjutis sie sierpien sierpnia srpen srpna αυγ αυγουστοσ αυγουστου
    авг август августа жні жнівень жніуня серп серпень серпня там тамыз օգոստոս օգոստոսի օգս אוג אוגוסט
    اغسطس اوت غشت აგვ აგვისტო
9: eyl eylul ira iraila rugs rugsejis rugsejo ruj rujan rujna sen sentabr sentyabr sep sept septemba
    septembar september septembra septembre septembrie septembris septiembre set setembre setembro
    setiembre settembre sht shtator syys syyskuu syyskuuta szept szeptember wrz wrzesien wrzesnia zar
    zari σεπ σεπτεμβριοσ σεπτεμβριου вер верасень верасня вересень вересня сент сентябрь сентября сеп
    септември қыр қыркүиек սեպ սեպտեմբեր սեպտեմբերի ספט ספטמבר ايلول سبتمبر سپتامبر شتنبر სექ სექტემბერი
10: doct doctubre eki ekim loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktabr oktoba
    oktobar oktober oktobra oktobris oktoober oktyabr ott ottobre out outubro paz pazdziernik
    pazdziernika rij rijen rijna spal spalio spalis tet tetor urr urria οκτ οκτωβριοσ οκτωβριου жовт
    жовтень жовтня кас кастрычнік кастрычніка окт октомври октябрь октября қаз қазан հոկ հոկտեմբեր
    հոկտեմբերի אוק אוקטובר اكتوبر اکتبر تشرينالاول ოქტ ოქტომბერი
11: aza azaroa kas kasım lapkr lapkricio lapkritis listopadu marras marraskuu marraskuuta nen nentor
    noiembrie nov novemba novembar november novembra novembre novembris novembro noviembre noy noyabr stu
    studeni studenoga νοε νοεμβριοσ νοεμβριου лист листопад листопада ліс лістапад лістапада ное ноември
    нояб ноябрь ноября қар қараша նոյ նոյեմբեր նոյեմբերի נוב נובמבר تشرينالثاني نوامبر نوفمبر نونبر ნოე
    ნოემბერი
12: abe abendua ara aralık dec decembar december decembra decembre decembrie decembris dedes dedesembre
    dek dekabr des desemba desember desembre dets detsember dez dezember dezembro dhj dhjetor dic
    dicembre diciembre dis disember gru grudnia grudzien gruod gruodis gruodzio joulu joulukuu joulukuuta
    pro prosinac prosinca prosince prosinec δεκ δεκεμβριοσ δεκεμβριου груд грудень грудня дек декабрь
    декабря декември жел желтоқсан сне снежань снежня դեկ դեկտեմբեր դեկտեմբերի דצמ דצמבר دجنبر دسامبر
    ديسمبر كانونالاول დეკ დეკემბერი
6,7: lip
7,8: srp
10,11: lis listopad listopada
"""


def _table() -> dict[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {}
    months: tuple[int, ...] = ()
    for part in _WORDS.split():
        if part.endswith(":"):
            months = tuple(int(number) for number in part[:-1].split(","))
        else:
            table[part] = months
    return table


_TABLE = _table()


def months_named(word: str) -> tuple[int, ...]:
    """Return the months that a word names: none, one, or several where languages differ."""
    key = word_key(word).replace(" ", "")
    return _TABLE.get(key) or (_TABLE.get(key[:3], ()) if key[:3] in _ENGLISH else ())


_ENGLISH = frozenset(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
