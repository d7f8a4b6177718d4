#include "codec/xml.h"

#include <gtest/gtest.h>

namespace rhumb::codec {
namespace {

/// `path=text` a line, or the error.
std::string leaves_of(std::string_view xml) {
  const Result<std::vector<XmlLeaf>> leaves = read_xml_leaves(xml);
  if (!leaves) {
    return leaves.error().message();
  }
  std::string lines;
  for (const XmlLeaf& leaf : *leaves) {
    lines += leaf.path + "=" + leaf.text + "\n";
  }
  return lines;
}

TEST(Xml, ReadsTheLeavesInOrder) {
  struct Case {
    const char* name;
    const char* xml;
    const char* want;
  };
  const Case cases[] = {
      {"an answer of S3",
       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
       "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
       "  <Contents><Key>a/1.sql</Key><Size>3</Size></Contents>\n"
       "  <Contents><Key>a/2.sql</Key></Contents>\n  <IsTruncated>false</IsTruncated>\n"
       "</ListBucketResult>\n",
       "ListBucketResult/Contents/Key=a/1.sql\nListBucketResult/Contents/Size=3\n"
       "ListBucketResult/Contents/Key=a/2.sql\nListBucketResult/IsTruncated=false\n"},
      {"references", "<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;</a>",
       "a=<>&\"'A\xF0\x9F\x98\x80\n"},
      {"CDATA and comments", "<a>x<!-- <b> --><![CDATA[<&>]]>y</a>", "a=x<&>y\n"},
      {"blanks inside of an attribute", "<a><b/><c></c><d x='1>2' y = ... ></d></a>",
       "XML is malformed at byte 26: an attribute is not of the form name=\"value\""},
      {"attributes", "<a x=\"1\" y='>'><b z=\"\"/></a>", "a/b=\n"},
      {"a byte order mark", "\xEF\xBB\xBF<a>1</a>", "a=1\n"},
      {"blanks stay", "<a> x </a>", "a= x \n"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(leaves_of(c.xml), c.want) << c.name;
  }
}

TEST(Xml, RefusesWhatIsNone) {
  struct Case {
    const char* xml;
    const char* want;
  };
  const Case cases[] = {
      {"", "XML is malformed at byte 0: it ends too early"},
      {"<a>", "XML is malformed at byte 3: it ends too early"},
      {"<a", "XML is malformed at byte 2: a tag without end"},
      {"<a></b>", "XML is malformed at byte 3: a tag that closes nothing"},
      {"</a>", "XML is malformed at byte 0: a tag that closes nothing"},
      {"<a/><b/>", "XML is malformed at byte 6: a second root"},
      {"<a/>x", "XML is malformed at byte 4: text outside of the root"},
      {"<>", "XML is malformed at byte 1: a tag without a name"},
      {"<a>&nbsp;</a>", "XML is malformed at byte 3: an unknown reference"},
      {"<a>&#0;</a>", "XML is malformed at byte 3: an unknown reference"},
      {"<a>&#xD800;</a>", "XML is malformed at byte 3: an unknown reference"},
      {"<a>& </a>", "XML is malformed at byte 3: an unknown reference"},
      {"<a x></a>", "XML is malformed at byte 4: an attribute is not of the form name=\"value\""},
      {"<a x=1></a>", "XML is malformed at byte 5: the value of an attribute has no quotes"},
      {"<a x=\"1></a>", "XML is malformed at byte 6: the value of an attribute without end"},
      {"<!DOCTYPE a [<!ENTITY b \"c\">]><a/>",
       "XML is malformed at byte 0: a document type is not accepted"},
      {"<a><!-- </a>", "XML is malformed at byte 7: a comment without end"},
      {"<a><![CDATA[</a>", "XML is malformed at byte 12: a CDATA section without end"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(leaves_of(c.xml), c.want) << c.xml;
  }
}

TEST(Xml, BoundsItsDepth) {
  std::string open;
  std::string close;
  for (size_t i = 0; i < kXmlDepthMax; ++i) {
    open += "<a>";
    close += "</a>";
  }
  EXPECT_TRUE(read_xml_leaves(open + close).has_value());
  const Result<std::vector<XmlLeaf>> deeper = read_xml_leaves("<a>" + open + close + "</a>");
  ASSERT_FALSE(deeper.has_value());
  EXPECT_EQ(deeper.error().code(), ErrorCode::kLimit);
}

TEST(Xml, BoundsWhatItKeeps) {
  std::string text = "<" + std::string(size_t{1} << 20, 'r') + ">";
  for (int i = 0; i < 100; ++i) {
    text += "<a/>";
  }
  const Result<std::vector<XmlLeaf>> leaves = read_xml_leaves(text);
  ASSERT_FALSE(leaves.has_value());
  EXPECT_EQ(leaves.error().code(), ErrorCode::kLimit);
}

TEST(Xml, FindsATextByItsPath) {
  const std::vector<XmlLeaf> leaves = read_xml_leaves("<a><b>1</b><b>2</b></a>").value();
  EXPECT_EQ(find_xml_text(leaves, "a/b"), "1");
  EXPECT_EQ(find_xml_text(leaves, "a"), "");
}

}  // namespace
}  // namespace rhumb::codec
