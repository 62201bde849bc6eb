"""More words of absence, and of languages that few write: tables only, written as in `words`, and read beside those."""

from __future__ import annotations

from typing import Final

AWAY: Final = (
    # en
    "m on vacation|m on holiday|m on holidays|m on leave|m on annual leave|m on parental leave|m on maternity leave|m on paternity leave|m on sick leave|m out of office|m out of the office|m currently out|m currently away|m away|m ooo|am ooo|ooo until|ooo from|be ooo"
    "|m travelling|m traveling|am off until|m off until|off work until|am on pto|m on pto|on pto until|currently on pto|currently on leave|currently on * leave|currently on vacation|currently on holiday|currently on annual leave|currently travelling|currently traveling"
    "|currently away|currently unavailable|on sabbatical|on medical leave|on bereavement leave|on study leave|on family leave|am on a business trip|m on a business trip|on business travel|be out of office|will be away|be away from|am out until|m out until|be out until|be out from|be out on|out of town"
    "|am at a conference|m at a conference|attending a conference|not be checking|not checking email|not checking my email|not checking emails|without access to|have no access|am not available until|m not available until|unavailable until|unavailable from|away on business|away on leave|away on holiday"
    # de
    "|bin ich * im urlaub|bin ich * abwesend|bin ich * nicht im|bin ich * nicht erreichbar|bin ich nicht erreichbar|bin ich im urlaub|bin ich abwesend|bin abwesend|bin im urlaub|bin nicht erreichbar|bin nicht im|bin nicht verfügbar|bin derzeit|bin zurzeit|bin aktuell|bin momentan|derzeit nicht im"
    "|nicht mehr im büro|befinde mich derzeit|befinde mich im|befinde mich in|befinde mich aktuell|bin krank|krankgeschrieben|erkrankt|im mutterschutz|in mutterschutz|in elternzeit|im sabbatical|auf dienstreise|auf geschäftsreise|auf fortbildung|nur eingeschränkt|eingeschränkt erreichbar|nicht am platz|ausser haus|im urlaub bis|urlaub bis"
    # fr es it pt
    "|serai absent*|serai en congé*|actuellement en congé*|actuellement absent*|en congés jusqu'au|en congé jusqu'au|en congé maternité|en congé parental|en congé maladie|en arrêt maladie|en déplacement professionnel|en vacances jusqu'au|suis indisponible|absent* jusqu'au"
    "|estaré de vacaciones|de vacaciones hasta|fuera de la oficina|fuera de oficina|baja por maternidad|baja médica|permiso de|de viaje|no estaré disponible|no me encuentro|ausente de la oficina|estaré fuera|sarò fuori|sono fuori|in ferie fino|in ferie dal|sono in trasferta|in trasferta|in malattia|in aspettativa|non sono in ufficio"
    "|fuori ufficio|assente fino|assente dal|estarei de férias|de férias até|fora do escritório|licença maternidade|licença parental|licença médica|em viagem|não estarei|ausente do escritório|ausente até|encontro me fora|gozo de férias"
    # nl pl cs
    "|ben met verlof|ben met vakantie|met vakantie tot|met verlof tot|zwangerschapsverlof|ouderschapsverlof|ben niet bereikbaar|ben * niet bereikbaar|ben afwezig|ben er niet|buiten kantoor|op zakenreis|ben ziek|jestem na zwolnieniu|na zwolnieniu lekarskim|urlopie macierzyńskim|urlopie rodzicielskim|na urlopie do|w delegacji|jestem w podróży"
    "|nie ma mnie w biurze|nie będzie mnie|jestem niedostępn*|nieobecna do|nieobecny do|na mateřské|na rodičovské|na nemocenské|nebudu v kanceláři|mimo kancelář do|na pracovní cestě|na dovolené do|nejsem v práci|jsem mimo"
    # sv da nb fi
    "|har semester|är på resa|föräldraledig|sjukskriven|på tjänsteresa|är inte i tjänst|inte på kontoret|på semester till|ledig till|er på ferie|er på barsel|på barselsorlov|på orlov|er sygemeldt|på forretningsrejse|ikke på kontoret|har fri|er på tjenestereise|foreldrepermisjon|er sykmeldt|er i ferie|har ferie til|på kurs"
    "|olen kesälomalla|olen talvilomalla|olen äitiyslomalla|äitiyslomalla|vanhempainvapaalla|työmatkalla|sairauslomalla|opintovapaalla|poissa toimistolta|olen vapaalla|lomalla asti"
    # ru uk be bg mk sr
    "|нахожусь в|в декретном отпуске|в отъезде|недоступен|недоступна|не на работе|не на рабочем месте|перебуваю у відпустці|перебуваю у|у відпустці до|на лікарняному|мене немає|недоступний|у декретній|знаходжуся|у адпачынку|адсутнічаю|в отпуска съм|в отпуск съм|в отпуск до|в отпуска до|излизам в отпуск|извън офиса|отсъствам|ще отсъствам|не съм в офиса"
    "|в командировка|в болничен|на одмор сум|сум на одмор|на годишен одмор|надвор од канцеларија|отсутен сум|отсутна сум|на годишњем одмору|на одмору сам|на одмору до|одсутан сам|одсутна сам|ван канцеларије|на боловању|на службеном путу"
    # hr bs sr sl sk
    "|na godišnjem sam|na godišnjem odmoru|na odmoru sam|na odmoru do|na odmoru|nisam u uredu|van ureda|izvan ureda|nisam u kancelariji|van kancelarije|odsutan sam|odsutna sam|biti odsutan|biti odsutna|na porodiljnom|na bolovanju|na službenom putu|na dopustu|sem odsot*|nisem v pisarni|izven pisarne|na službeni poti|na bolniški|na porodniškem"
    "|čerpám dovolenku|na dovolenke|mimo kancelárie|nie som v kancelárii|neprítomn*|na materskej|na rodičovskej|na služobnej ceste|nebudem v kancelárii|som mimo"
    # et lv lt
    "|olen puhkusel|viibin puhkusel|puhkusel kuni|lapsehoolduspuhkusel|kontorist väljas|ei ole kontoris|olen eemal|olen lähetuses|olen haiguslehel|esmu atvaļinājumā|atrodos atvaļinājumā|atvaļinājumā līdz|neesmu birojā|ārpus biroja|komandējumā|prombūtnē|esmu slims|esmu slima|atostogauju|esu atostogose|atostogose iki|būsiu atostogose|nesu biure"
    "|nebūsiu biure|komandiruotėje|išvykęs|išvykusi|motinystės atostogose|nedarbingum*"
    # ca gl eu ro hu el sq is
    "|sóc fora|soc fora|estic fora|estic de vacances|de vacances fins|fora de l'oficina|estic de baixa|seré fora|no sóc a l'oficina|estou fóra|fóra da oficina|de vacacións ata|estou de vacacións|oporretan nago|oporretan egongo|bulegotik kanpo|kanpoan nago|sunt în concediu|în concediu până|în concediu|nu sunt la birou|nu mă aflu|lipsesc din|în delegație|sunt plecat*|concediu medical"
    "|concediu de maternitate|szabadságon vagyok|szabadságon leszek|szabadságon vagyunk|szabadságomat töltöm|irodán kívül|nem vagyok elérhető|nem vagyok bent|távol vagyok|távol leszek|kiküldetésben|betegszabadságon|szülési szabadságon|είμαι σε άδεια|σε άδεια|θα απουσιάζω|απουσιάζω|εκτός γραφείου|λείπω|βρίσκομαι εκτός|jam me pushime|me pushime deri|jashtë zyrës"
    "|er í fríi|í sumarfríi|er ekki við|er í orlofi|í fæðingarorlofi"
    # tr vi id ms fa hi
    "|yıllık izindeyim|izinde olacağım|izinliyim|izinli olacağım|doğum iznindeyim|raporluyum|şehir dışındayım|ofiste olmayacağım|đang nghỉ phép|nghỉ phép|nghỉ thai sản|đi công tác|không có mặt|vắng mặt|sedang cuti|sedang tidak berada|di luar kantor|tidak berada di kantor|sedang dinas|cuti melahirkan|sedang bercuti|bercuti sehingga|bercuti hingga|di luar pejabat"
    "|در مرخصی|مرخصی هستم|خارج از دفتر|خارج از محل کار|छुट्टी पर|अवकाश पर|कार्यालय से बाहर"
    # th ja zh ko ar he
    "|ลาพักร้อน|ลางาน|ไม่อยู่ที่สำนักงาน|ไม่อยู่ออฟฟิศ|ลาคลอด|ลาป่วย|ลาพักผ่อน|休みを取|有給休暇|夏休み|育児休業|席を外して|年末年始|休んでお|休假至|正在休|产假|產假|病假|不在公司|出差至|休年休|휴직|휴가입니다|휴가 중|병가|출산휴가|연차 휴가|자리에 없|여름휴가|في إجازة سنوية|إجازة أمومة|غير موجود في المكتب|خارج مكتبي|في مهمة عمل"
    "|בחל\"ד|בחופשת מחלה|נמצא בחופשה|נמצאת בחופשה|בחו\"ל|איני זמין|איני זמינה|לא אהיה במשרד|אהיה בחופשה"
)  # fmt: skip

BACK: Final = (
    "back in the office|back from|back at work|when i get back|when i come back|when we are back|once i am back|once i'm back|upon return|after my return|will return|ll return|ll be back|return in|returning in|we reopen|will reopen|we will be back|not return until|when i'm back|from * until|through"
    "|wieder erreichbar|wieder für sie|wieder im büro|sind wir wieder|bin ich wieder|wieder zur verfügung|nach meiner rückkehr|rückkehr|bis voraussichtlich|reviendrai|serai de retour|rouvrirons|de regreso|volveré|regresaré|incorporaré|de vuelta|reanudaremos|rientro|tornerò|riapriremo|riapre|regresso|regressarei|voltarei|de volta"
    "|reabrimos|ben terug|weer terug|weer bereikbaar|zijn wij weer|keer terug|wrócę|wracam|powrocie|będę ponownie|vrátím se|návratu|zpět dne|opět k|är tillbaka|är åter|åter på|tillbaka den|er tilbage|tilbage igen|er tilbake|tilbake igjen|tilbake på|palaan|takaisin|taas töissä"
    "|буду на месте|выйду на работу|возвращаюсь|повернуся|повертаюся|ще се върна|връщам се|се враќам|враћам се|vraćam se|vratit ću|vratiću se|povratk*|vračam se|vrnem se|vrnitvi|vrnila|vrnil|vrátim sa|návrate|späť|tagasi|naasen|atgriez*|atpakaļ|grįšiu|grįžęs|grįžusi|grįžtu|tornaré|torno|la meva tornada|tornarem|volverei|itzuliko"
    "|visszatér*|visszaérkez*|leszek újra|elérhető leszek|mă întorc|voi reveni|revin|revenirea|întoarcere*|επιστρέφω|επιστρέψω|επιστροφή*|kthehem|kthimi*|kem aftur|kem til baka|dönüyorum|geri döneceğim|quay lại|trở lại|akan kembali|kembali pada|kembali bekerja|برمی گردم|بازگشت|برمیگردم|वापस|กลับมา|出勤|返岗|返崗|復帰|营业|營業再開|営業を再開|통상|돌아옵|출근|سأعود|أعود في|אשוב|אחזור"
    # until: of languages whose word for it is said of dates alone
    "|kuni|līdz|iki|fins al|fins el|ata o|arte|până la|până pe|deri më|sampai tanggal|hingga|sehingga|đến hết|đến ngày|تا تاریخ|ถึงวันที่|až do"
)  # fmt: skip

INSTEAD: Final = (
    "direct your message|direct your email|direct your enquiry|direct your request|please direct|please write to|please email|please call|please use|please get in touch|please reach|please speak to|resend your|my colleague|reach my|ll reply|ll respond|ll answer|ll get back|will respond|respond to your|respond when|reply when|reply upon|respond upon|answer your message|answer your email"
    "|get back to|anything urgent|something urgent|is urgent|urgent requests|urgent enquiries|urgent issues|urgent queries|urgent help|urgent assistance|immediate assistance|immediate attention|need assistance|delayed response|delayed reply|may be delayed|will be delayed|slow to respond|limited email|no email access|access to email|access to my email|access to emails|access to mail|cannot read|able to read|read my email|read my mail"
    "|stands in for me|standing in for me|stand in for me|covers for me|covering for me|cover for me|fills in for me|filling in for me|looks after my|taking over my|limited access|not be reading|not reading my|not reading mail*|not be checking mail|no access to my mail"
    "|dringend* fälle*|dringende anfragen|in dringenden|in eiligen|eilige fälle|eiligen fällen|wenden sie sich|kontaktieren sie|schreiben sie|rufen sie|bitte an|hilft ihnen|helfen ihnen|beantworte ich|antworte ich|bearbeite ich|meine kolleg*|mein kollege|ihre nachricht wird nicht|ihre e mail wird|mails werden nicht|werden nicht gelesen|vertritt mich|vertreten|lese keine mail*|lese keine e mail*|lese meine mails nicht|springt für mich ein|meine vertretung"
    "|me remplace|mon remplaçant|ma remplaçante|me sustituye|mi sostituisce|substitui me|vervangt mij|vervangt me|neemt voor mij waar|zastępuje mnie|ersätter mig|zastupuje mě"
    "|toute urgence|urgence merci|pour toute|adressez vous|adresser à|contactez|joindre|vous répondrai|ma collègue|mon collègue|para urgencias|cualquier urgencia|en caso de|puede contactar|pueden contactar|contactar con|contacten|diríjase|escriba a|atenderé|mi compañer*|per qualsiasi|per le urgenze|rivolgersi|potete contattare|può contattare|contattate|scrivere a|vi risponderò|le risponderò|mio collega|mia collega"
    "|para urgências|em caso de|por favor contacte|favor contatar|contactar|contate|responderei|minha colega|meu colega|voor dringende|bij spoed|spoedgevallen|neem contact|contact op|contact opnemen|mijn collega|beantwoord ik|w pilnych|pilne sprawy|proszę pisać|skontaktować|kontakt z|odpowiem po|mój kolega|moja koleżanka|v naléhavých|v urgentních|v neodkladných|kontaktujte|obraťte|odpovím|kolegu|kolegyni"
    "|vid brådskande|akuta|brådskande|kontakta|svarar när|svarar på|min kollega|ved hastende|hastesager|kontakt venligst|kontakt min|svarer når|svarer på|min kollega|ved hastesaker|haster det|ta kontakt|kontakt da|min kollega|kiireisissä|kiireellisissä|ota yhteys|ottakaa yhteyttä|yhteyttä|vastaan viesteihin|kollegani"
    "|по всем вопросам|по срочным|срочных|в срочных|обращайтесь|свяжитесь|пишите|отвечу|ответить|з термінових|термінових|звертайтеся|звертайтесь|зв'яжіться|відповім|спешни|спешен|свържете|обърнете|ще отговоря|итни|контактирајте|обратете|хитне|хитно|обратите|одговорићу"
    "|hitne slučajeve|hitnim slučajevima|hitno|hitne|obratite se|kontaktirajte|odgovorit ću|odgovoriću|javite se|nujnih primerih|nujne zadeve|nujno|obrnite na|obrnite|pišite|odgovoril*|naliehav*|súrn*|obráťte|odpoviem|kiireloomulis*|kiirete|kiireks|võtke ühendust|pöörduge|vastan|steidzam*|sazinieties|vērsieties|rakstiet|atbildēšu|skubi*|skubos|kreipkitės|susisiekite|rašykite|atsakysiu"
    "|temes urgents|urgències|urgent*|contacteu|poseu vos|respondré|adreceu|urxente*|contacte|premiazko*|jarri harremanetan|erantzungo|sürgős*|keresse|keressék|forduljon|válaszol*|urgențe|urgent|urgente|contactați|contactaţi|voi răspunde|răspund|adresați|επείγον*|επικοινωνήστε|απευθυνθείτε|απαντήσω|raste urgjente|urgjente|kontaktoni|áríðandi|hafið samband|hafðu samband|mun svara"
    "|acil durum*|acil konu*|iletişime geç*|ulaşabilirsiniz|dönüş yapacağım|başvurunuz|khẩn cấp|liên hệ|liên lạc|trả lời|mendesak|hubungi|membalas|menjawab|silakan|sila hubungi|kecemasan|فوری|تماس بگیرید|ضروری|आपात|संपर्क करें|तत्काल|เร่งด่วน|ติดต่อ|代わりに|代理|担当|急ぎ|確認次第|改めて|联系|联络|聯絡|代办|回复您|回覆您|대신|문의|답변|عاجل|للطوارئ|التواصل مع|الاتصال|سوف أرد|לפנות|פנו|דחופ*|אענה|אחזור אליך"
    # nobody reads it now
    "|kein zugriff|keinen zugriff|eingeschränkten zugriff|ohne zugriff|nicht abrufen|e mails nicht|pas accès|accès limité|sans accès|ne consulterai pas|consulterai|sin acceso|no tengo acceso|no tendré acceso|acceso limitado|acceso al correo|non ho accesso|non avrò accesso|accesso limitato|senza accesso|sem acesso|não tenho acesso|não terei acesso|acesso limitado"
    "|geen toegang|beperkt toegang|beperkte toegang|lees mijn mail niet|lees geen|nie mam dostępu|nie będę mieć dostępu|nie będę miał dostępu|nie będę miała dostępu|bez dostępu|ograniczony dostęp|dostępu do poczty|dostęp do poczty|nie sprawdzam|nemám přístup|bez přístupu|nebudu mít přístup|omezený přístup|nečtu|nemám prístup|bez prístupu|obmedzený prístup|nečítam"
    "|ingen tillgång|inte tillgång|begränsad tillgång|utan tillgång|läser inte|läser ej|ikke adgang|ingen adgang|begrænset adgang|uden adgang|læser ikke|ikke tilgang|ingen tilgang|begrenset tilgang|uten tilgang|leser ikke|en lue|ei ole pääsyä|ilman pääsyä|en pääse|en pysty lukemaan|luen viestejä|nem érem el|nem férek hozzá|nem olvasom|korlátozottan érem|nu am acces|nu voi avea acces|acces limitat|fără acces"
    "|nemam pristup|nemam pristupa|bez pristupa|neću imati pristup|ograničen pristup|немам приступ|nimam dostopa|brez dostopa|omejen dostop|ligipääs*|ei loe|piiratud ligipääs|nav piekļuves|ierobežota piekļuve|nelasu|neturiu prieigos|neturėsiu prieigos|ribota prieiga|neskaitau|no tinc accés|sense accés|accés limitat|нет доступа|без доступа|ограниченный доступ|не имею доступа|доступа к почте|доступ к почте|не читаю"
    "|немає доступу|не маю доступу|без доступу|доступу до пошти|не читаю|нямам достъп|без достъп|достъп до пощата|δεν έχω πρόσβαση|χωρίς πρόσβαση|περιορισμένη πρόσβαση|erişimim yok|erişimim olmayacak|erişimim sınırlı|kısıtlı erişim|メールを確認でき|メールの確認|返信が遅れ|お返事が遅|返信が遅く|无法查看|不能及时|无法及时|無法及時|无法收发|메일을 확인할 수|확인이 어렵|답장이 늦|회신이 늦|لن أتمكن من|الوصول إلى البريد|אין לי גישה|ללא גישה|גישה מוגבלת"
)  # fmt: skip

#: "Nobody is here for some days."
CLOSED: Final = (
    "office is closed|offices are closed|office will be closed|offices will be closed|we are closed|we will be closed|are closed for|closed for the|closed until|closed from|closed between|company holidays|company holiday|office closure|business is closed|team is away"
    "|büro ist * geschlossen|büro ist vom|büro bleibt|büros sind|haben geschlossen|haben wir geschlossen|bleibt geschlossen|ist geschlossen|sind geschlossen|geschlossen|betriebsferien|betriebsurlaub|betriebsruhe|werksferien|bureau est fermé|bureaux sont fermés|bureaux seront fermés|sommes fermés|serons fermés|fermeture annuelle|est fermé*|sera fermé*"
    "|oficina cerrada|oficina permanecerá|oficina está cerrada|oficinas estarán|estamos cerrados|estaremos cerrados|cerrado por|cerrados por|ufficio è chiuso|uffici sono chiusi|ufficio chiuso|siamo chiusi|saremo chiusi|chiuso per|chiusi per|chiusura|escritório está fechado|escritório estará|estamos fechados|estaremos fechados|encerrado*|kantoor is gesloten|zijn gesloten|gesloten van|gesloten wegens"
    "|biuro jest zamknięte|biuro nieczynne|biuro będzie|jesteśmy nieczynni|kancelář je zavřen*|máme zavřeno|bude zavřen*|kontoret är stängt|har stängt|håller stängt|kontoret er lukket|holder lukket|har lukket|kontoret er stengt|holder stengt|har stengt|toimisto on suljettu|toimistomme on|suljettu|офис закрыт|не работаем|офіс зачинено|не працюємо|офисът е затворен|ured je zatvoren|zatvoreni smo"
    "|pisarna je zaprta|kancelária je zatvorená|kontor on suletud|birojs ir slēgts|biuras uždarytas|biuras nedirba|oficina està tancada|birou este închis|biroul este închis|iroda zárva|irodánk zárva|zárva tart|γραφείο είναι κλειστό|γραφεία μας|ofisimiz kapalı|kapalıyız|tatildeyiz|kantor tutup|văn phòng đóng cửa|休業|休館|放假|休市|放假期间|休息|휴무|휴업|مكتبنا مغلق|مغلق|המשרד סגור|משרדנו סגור|סגורים"
)  # fmt: skip

#: "I do not work here any more."
LEFT: Final = (
    "have left|has left the|no longer with|no longer works|no longer work|no longer working|no longer employed|no longer at|left the company|left the organisation|left the organization|my last day|last working day|have retired|has retired|have moved on|longer part of|mailbox is no longer|address is no longer|is no longer in use"
    "|nicht mehr für|nicht mehr bei|nicht mehr im unternehmen|nicht mehr beschäftigt|nicht mehr tätig|ausgeschieden|unternehmen verlassen|im ruhestand|firma verlassen|ne travaille plus|ne fait plus partie|fais plus partie|quitté l'entreprise|quitté la société|quitté mes|ya no trabajo|ya no trabaja|ya no forma|ya no formo|dejado la empresa|non lavoro più|non lavora più|non fa più parte|lasciato l'azienda"
    "|já não trabalho|não trabalho mais|não trabalha mais|deixei a empresa|não faço mais parte|niet meer werkzaam|werk niet meer|werkt niet meer|uit dienst|nie pracuję już|już nie pracuję|nie pracuje już|už nepracuji|již nepracuji|již nepracuje|slutat på|arbetar inte längre|jobbar inte längre|arbejder ikke længere|er fratrådt|stoppet hos|jobber ikke lenger|har sluttet|en ole enää|en työskentele enää|ei työskentele enää"
    "|больше не работаю|больше не работает|уволился|уволилась|більше не працюю|більше не працює|вече не работя|više ne radim|ne delam več|už nepracujem|enam ei tööta|vairs nestrādāju|nebedirbu|ja no treballo|nu mai lucrez|már nem dolgozom|δεν εργάζομαι πλέον|artık çalışmıyorum|ayrıldım|退職|离职|離職|退任|퇴사|퇴직|لم أعد أعمل|איני עובד עוד|כבר לא עובד|סיימתי את"
)  # fmt: skip

#: What somebody says who is there, after all: they want to be called, and something is amiss.
PERSONAL: Final = (
    "call me|contact me|email me|write me|write to me|tell me|let us know|still fails|fails|failing|still does|still not|remove|ship|deliver|my order|our order|our account|rufen sie mich|kontaktieren sie mich|schreiben sie mir|melden sie sich bei mir|immer noch|unser konto|bestellung"
    "|appelez moi|contactez moi|écrivez moi|toujours pas|notre compte|commande|llámeme|contácteme|escríbame|todavía no|pedido|mi chiami|mi contatti|mi scriva|ancora non|ordine|ligue me|contacte me|escreva me|ainda não|encomenda|bel mij|bel me|neem contact met mij|nog steeds|bestelling|zadzwoń do mnie|proszę zadzwonić do mnie|nadal nie|zamówieni*"
    "|ring mig|ring meg|ring til mig|fortfarande|fortsatt|stadig ikke|soita minulle|edelleen|zavolejte mi|stále ne|позвоните мне|всё ещё|все еще|заказ|зателефонуйте мені|досі|замовлення|beni arayın|hâlâ|siparişim|電話ください|注文|订单|訂單|주문|전화 주세요|طلبي|ההזמנה שלי"
)  # fmt: skip

#: "NAME is not here": what stands in the subject behind the name of somebody.
IS_AWAY_SUBJECT: Final = (
    "is out of the office|is out of office|is away|is on leave|is on vacation|is on holiday|is on annual leave|is on parental leave|is on maternity leave|is ooo|out of office|ist nicht im büro|ist im urlaub|ist abwesend|ist ausser haus|ist in elternzeit|est absent*|est en congé*|est en vacances|está fuera|está de vacaciones|está ausente|è fuori ufficio|è assente|è in ferie"
    "|está de férias|está fora|is afwezig|is niet op kantoor|is op vakantie|jest na urlopie|jest nieobecn*|är på semester|är inte på kontoret|er på ferie|er ikke på kontoret|on lomalla|on poissa|je na dovolené|je mimo kancelář|в отпуске|в отпуска|у відпустці|na godišnjem|na dopustu|puhkusel|atvaļinājumā|atostogose|de vacances|în concediu|szabadságon|σε άδεια|izinde|betriebsferien|betriebsurlaub|fermeture annuelle"
    "|office closed|vacaciones|urlop|m on vacation|m on holiday|m on leave|m away|m ooo"
)  # fmt: skip

#: "Automatic reply", as a client says it in each language that it speaks.
AUTO_SUBJECT: Final = (
    "аутоматски одговор|automatski odgovor|balasan automatik|jawapan automatik|پاسخ خودکار|автоматты жауап|автоматты түрде жауап|ateb awtomatig|автоматски одговор|përgjigje automatike|ավտոմատ պատասխան|outomatiese antwoord|outomatiese antwoorde|resposta automática|automatesch äntwert|tweġiba awtomatika|risposta awtomatika|freagra uathoibríoch|freagairt fèin obrachail"
    "|automatyczna odpowiedź|аўтаматычны адказ|автоматичен отговор|avtomatik cavab|avtomatik javob|автоматтык жооп|автомат хариу|автоматик җавап|ავტომატური პასუხი|ራስ ሰር ምላሽ|jibu otomatiki|jibu la kiotomatiki|majibu ya kiotomatiki|خودکار جواب|स्वचालित उत्तर|स्वतः उत्तर|स्वचालित जवाब|स्वयंचलित उत्तर|স্বয়ংক্রিয় উত্তর|স্বয়ংক্রিয় প্রত্যুত্তর|தானியங்கு பதில்|தானியக்க பதில்"
    "|స్వయంచాలక ప్రత్యుత్తరం|స్వయంచాలక సమాధానం|સ્વચાલિત જવાબ|આપમેળે જવાબ|ಸ್ವಯಂಚಾಲಿತ ಪ್ರತ್ಯುತ್ತರ|സ്വയമേവയുള്ള മറുപടി|സ്വയം മറുപടി|ਸਵੈਚਲਿਤ ਜਵਾਬ|ਆਟੋਮੈਟਿਕ ਜਵਾਬ|स्वचालित प्रतिक्रिया|ස්වයංක්‍රිය පිළිතුර|awtomatikong tugon|awtomatikong sagot|automatic reply|automatisk svar|sjálfvirkt svar|automaattinen vastaus|automaatne vastus|automaatvastus|automātiskā atbilde|automātiska atbilde"
    "|automatinis atsakymas|automatická odpoveď|automatická odpověď|samodejni odgovor|samodejni odziv|automatikus válasz|răspuns automat|automatikoa erantzuna|erantzun automatikoa|resposta automàtica|resposta automatica|balasan otomatis|jawaban otomatis|trả lời tự động|thư trả lời tự động|otomatik yanıt|otomatik cevap|avtomatīski|αυτόματη απάντηση|תגובה אוטומטית|תשובה אוטומטית|رد تلقائي|وەڵامی خۆکار|بەرسڤا خۆکار"
    "|автоматический ответ|автоматична відповідь|respuesta automática|réponse automatique|risposta automatica|automatische antwort|automatisch antwoord|automatiskt svar|responso automatica|automata respondo|out of office autoreply|respons automatik|odgovor u odsustvu|odgovor u odsutnosti"
)  # fmt: skip
AUTO_SUBJECT_UNSPACED: Final = (
    "การตอบกลับอัตโนมัติ|ตอบกลับอัตโนมัติ|ការឆ្លើយតបស្វ័យប្រវត្តិ|ឆ្លើយតបដោយស្វ័យប្រវត្តិ|ຕອບກັບອັດຕະໂນມັດ|အလိုအလျောက်ပြန်စာ|အလိုအလျောက် ပြန်စာ|自動返信|自動応答|自动答复|自动回复|自動回覆|자동 회신|자동 응답|자동 답장"
)  # fmt: skip

#: How the subject of a read receipt begins, before its colon.
READ_SUBJECT: Final = (
    "elolvasva|olvasva|olvasatlan|αναγνώστηκε|διαβάστηκε|δεν διαβάστηκε|citit|citită|necitit|pročitano|nije pročitano|прочитано|непрочитано|prečítané|neprečítané|prebrano|ni prebrano|прочетено|непрочетено|loetud|lugemata|izlasīts|nav izlasīts|perskaityta|neperskaityta|llegit|no llegit|lido|irakurrita|irakurria|lexuar|lesið|ólesið"
    "|okundu|okunmadı|đã đọc|chưa đọc|dibaca|telah dibaca|tidak dibaca|belum dibaca|خوانده شد|خوانده شده|पढ़ा गया|อ่านแล้ว|ไม่ได้อ่าน|прочитане|прачытана|оқылды|წაკითხული|oxundu|oʻqildi|կարդացված|pobrano i przeczytano|membaca|lest opp|darllenwyd|leite|léite"
)  # fmt: skip
