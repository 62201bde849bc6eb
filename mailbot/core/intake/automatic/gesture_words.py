"""Tables of the words in which mail programs report a reaction or recall a mail; written as in `auto_words`."""

from __future__ import annotations

from typing import Final

#: "NAME reacted to your message", "NAME reacted via Gmail".
REACTED: Final = (
    "reacted to your|reacted to this|reacted to a|reacted via|reacted by|reacted with|reacted on|reacted in|has reacted|liked your message|liked your email|liked your e mail|loved your message"
    "|hat auf * reagiert|hat * reagiert|gefällt ihre nachricht|gefällt deine nachricht|a réagi|aime votre message|ha reaccionado|reaccionó|ha reagito|reagiu|heeft * gereageerd|heeft gereageerd|zareagował*|zareagowa*"
    "|reagerade på|reagerade via|har reagerat|reagerede på|reagerede via|har reageret|reagerte på|reagerte via|har reagert|reagoi|zareagoval*|reagoval*|reagált|a reacționat|αντέδρασε|отреагировал*|отреагировала|відреагував*|відреагувала|tepki verdi|reagirao|reagirala"
    "|リアクションしました|リアクションを|反応しました|作出了反应|做出反应|作出反应|作出了回应|回应了你|回应了您|表达了心情|做出了回應|反應|반응했습니다|반응을|공감|تفاعل مع|تفاعل عبر|تفاعلت|הגיב ל|הגיב|הגיבה|הגיב/ה"
)  # fmt: skip

#: How the subject of a recall begins, before its colon; and of the report of how it ended.
RECALL_SUBJECT: Final = (
    "recall|message recall|recall success|recall failure|message recall success|message recall failure|message recall report|rückruf|nachrichtenrückruf|rappel|rappel de message|recuperar|recuperación|recuperación de mensaje|retirar|richiamo|richiamo messaggio|richiama"
    "|cancelar|revogar|revogação|recolher|recuperação|cancelamento|intrekken|intrekking|bericht intrekken|odwołanie|wycofanie|odwołaj|wycofaj|återkalla|återkallande|återkallelse|återkallar|tilbagekald|tilbagekaldelse|tilbagekaldt|tilbakekall|tilbakekalling|tilbakekalt|tilbakekalle"
    "|peruutus|peru|peruuttaminen|viestin peruutus|stažení|odvolání|stáhnout|odvolanie|stiahnutie|odvolať|visszahívás|visszavonás|rechemare|revocare|retragere|geri çağırma|geri çağır|отзыв|отозвать|отзыв сообщения|відкликання|відкликати|ανάκληση|opoziv|odpoklic|опозив|отзоваване|изтегляне"
    "|回収|取り消し|取消し|メッセージの回収|撤回|召回|回收|收回|회수|메시지 회수|استرجاع|استدعاء|استرداد|سحب|החזרה|ביטול|שליפה|אחזור|เรียกคืน|thu hồi|penarikan|retirada|atsaukšana|tühistamine|atšaukimas"
)  # fmt: skip

#: "NAME would like to recall the message". It counts only after such a subject, and it names the message:
#: people cancel orders, and ask to be called back.
RECALLS: Final = (
    "recall the message|recall this message|recall your message|recall a message|message recall|was recalled|been recalled|be recalled|möchte die nachricht|möchte diese nachricht|nachricht zurückzurufen|nachricht zurückrufen|nachricht wurde zurückgerufen"
    "|rappeler le message|rappeler ce message|message a été rappelé|recuperar el mensaje|recuperar este mensaje|retirar el mensaje|richiamare il messaggio|richiamare questo messaggio|cancelar a mensagem|recuperar a mensagem|recolher a mensagem|revogar a mensagem|anular a mensagem"
    "|wil het bericht|het bericht in te trekken|bericht intrekken|odwołać wiadomość|wycofać wiadomość|odwołać tę wiadomość|wycofać tę wiadomość|återkalla meddelandet|återkalla det här meddelandet|tilbagekalde meddelelsen|kalde meddelelsen|tilbagekalde mailen|tilbakekalle meldingen|kalle tilbake meldingen"
    "|peruuttaa viestin|perua viestin|kutsua viestin|viestin takaisin|palauttaa viestin|stáhnout zprávu|odvolat zprávu|vzít zprávu|odvolať správu|stiahnuť správu|szeretné visszahívni|szeretné visszavonni|vissza szeretné hívni|vissza szeretné vonni|vissza kívánja"
    "|recheme mesajul|rechema mesajul|revoce mesajul|revoca mesajul|retragă mesajul|iletisini geri|iletiyi geri|mesajını geri|mesajı geri|отозвать сообщение|отозвать письмо|відкликати повідомлення|відкликати лист|ανακαλέσει το μήνυμα|opozvati poruku|odpoklicati sporočilo|опозове поруку|да изтегли съобщението|да отзове съобщението"
    "|メッセージを取り消|メッセージを回収|メールを取り消|メールを回収|撤回邮件|撤回郵件|撤回此邮件|撤回该邮件|撤回消息|召回邮件|召回此邮件|召回郵件|回收郵件|收回郵件|收回邮件|메시지를 회수|메일을 회수|메시지 회수|استدعاء الرسالة|استرداد الرسالة|استرجاع الرسالة|سحب الرسالة|לבטל את ההודעה|להחזיר את ההודעה|לשלוף את ההודעה|לאחזר את ההודעה"
)  # fmt: skip
