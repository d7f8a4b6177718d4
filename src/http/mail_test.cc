#include "http/mail.h"

#include <gtest/gtest.h>

namespace rhumb::http {
namespace {

Mail sample() {
  return {.from = "Rhumb <rhumb@example.com>",
          .to = {"a@example.com", "b@example.com"},
          .subject = "app failed",
          .text = "one\ntwo\n",
          .message_id = "1@registry",
          .date = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000)),
          .headers = {{"X-Registry-Event", "ping"}}};
}

TEST(Mail, PlainTextsStayReadable) {
  EXPECT_EQ(format_mail(sample()),
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
            "From: Rhumb <rhumb@example.com>\r\n"
            "To: a@example.com, b@example.com\r\n"
            "Subject: app failed\r\n"
            "Message-ID: <1@registry>\r\n"
            "X-Registry-Event: ping\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "one\r\ntwo\r\n");
}

TEST(Mail, OtherCharactersAreEncodedWhole) {
  Mail mail = sample();
  mail.from = "Ärger <rhumb@example.com>";
  mail.subject = std::string(20, 'x') + "äöüäöüäöüäöüäöü";
  mail.text = "ä";
  const std::string text = format_mail(mail);
  EXPECT_NE(text.find("From: =?utf-8?B?w4RyZ2Vy?= <rhumb@example.com>\r\n"), std::string::npos);
  EXPECT_NE(
      text.find("Subject: =?utf-8?B?eHh4eHh4eHh4eHh4eHh4eHh4eHjDpMO2w7zDpMO2w7zDpMO2w7zDpMO2?="
                "\r\n =?utf-8?B?w7zDpMO2w7w=?=\r\n"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("Content-Transfer-Encoding: base64\r\n\r\nw6Q=\r\n"), std::string::npos);
}

TEST(Mail, LongLinesAreEncoded) {
  Mail mail = sample();
  mail.text = std::string(2000, 'x');
  EXPECT_NE(format_mail(mail).find("base64"), std::string::npos);
}

TEST(Mail, NobodyAddsAFieldOfTheirOwn) {
  Mail mail = sample();
  mail.subject = "a\r\nBcc: x@example.com";
  EXPECT_NE(format_mail(mail).find("Subject: a  Bcc: x@example.com\r\n"), std::string::npos);
}

TEST(Mail, AddressesAreChecked) {
  EXPECT_EQ(*mail_address(" a@b.example "), "a@b.example");
  EXPECT_EQ(*mail_address("A B <a@b.example>"), "a@b.example");
  for (const char* text : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<x@y>", "<a@b",
                           "a@b>", "a@b>,<c@d", "\"a\"@b", "ä@b"}) {
    EXPECT_EQ(mail_address(text).error().code(), ErrorCode::kInvalid) << text;
  }
  EXPECT_FALSE(mail_address(std::string(300, 'a') + "@b").has_value());
}

TEST(Mail, ServersAreChecked) {
  for (const char* url : {"smtp://mail", "smtps://user:pw@mail:465", "smtp://[::1]:25"}) {
    EXPECT_TRUE(check_mail_server({url}).has_value()) << url;
  }
  for (const char* url : {"", "mail", "http://mail", "smtp://", "smtp://user:secret@"}) {
    const Result<void> checked = check_mail_server({url});
    ASSERT_FALSE(checked.has_value()) << url;
    EXPECT_EQ(checked.error().message().find("secret"), std::string::npos);
  }
}

TEST(Mail, AServerThatIsNotThereIsUnavailable) {
  const Result<MailReceipt> sent =
      send_mail({"smtp://user:secret@127.0.0.1:1"}, sample(), std::chrono::seconds(5));
  ASSERT_FALSE(sent.has_value());
  if (sent.error().code() != ErrorCode::kUnsupported) {
    EXPECT_EQ(sent.error().code(), ErrorCode::kUnavailable);
  }
  EXPECT_EQ(sent.error().message().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace rhumb::http
