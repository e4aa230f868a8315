using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.VerificationTests;

public sealed class MarkupTests
{
    [Theory]
    [InlineData("a [|b|] c", "a b c", ":2-3")]
    [InlineData("a [||]b", "a b", ":2-2")]
    [InlineData("[|a[]|]", "a[]", ":0-3")]
    [InlineData("[|a[|]0]", "a[0]", ":0-2")]
    [InlineData("{|X1:a[|}0]", "a[0]", "X1:0-2")]
    [InlineData("{|X1:a[0]|}", "a[0]", "X1:0-4")]
    [InlineData("{|X1:a {|X2:b|} c|}", "a b c", "X1:0-5 X2:2-3")]
    [InlineData("[|a {|X2:b|} c|]", "a b c", ":0-5 X2:2-3")]
    [InlineData("[|a {|X2:b|] c|}", "a b c", ":0-3 X2:2-5")]
    [InlineData("{|#0:a {|#1:b|#0} c|#1}", "a b c", "#0:0-3 #1:2-5")]
    [InlineData("{|#0:a {|#1:b|} c|}", "a b c", "#0:0-5 #1:2-3")]
    [InlineData("{|X1:a|} {|X1:b|}", "a b", "X1:0-1 X1:2-3")]
    [InlineData("a || b | c", "a || b | c", "")]
    [InlineData("x is { } | y", "x is { } | y", "")]
    public void Spans_are_taken_out(string source, string text, string spans)
    {
        Markup markup = Markup.Parse(source);

        Assert.Equal(text, markup.Text);
        Assert.Equal(spans, string.Join(' ', markup.Spans.Select(span => Describe(span.Name, span.Span))));
    }

    [Fact]
    public void Positions_are_taken_out()
    {
        Markup markup = Markup.Parse("a $$b $$");

        Assert.Equal("a b ", markup.Text);
        Assert.Equal("2 4", string.Join(' ', markup.Positions));
    }

    [Fact]
    public void Positions_are_code_when_the_test_says_so() => Assert.Equal("$$\"x\"", Markup.Parse("$$\"x\"", positionsAreCode: true).Text);

    [Theory]
    [InlineData("[|a")]
    [InlineData("a|]")]
    [InlineData("{|X1:a|]")]
    [InlineData("[|a|}")]
    [InlineData("{|#0:a|#1}")]
    [InlineData("{|#0:a|} {|#0:b|}")]
    public void Broken_markup_is_rejected(string source) => Assert.Throws<VerificationException>(() => Markup.Parse(source));

    [Fact]
    public Task Location_marked_in_two_files_is_rejected() =>
        Rejected.ByAsync(
            () => new CSharpVerifier<BadNameAnalyzer>.Test
            {
                TestState = { Sources = { "class {|#0:C|} { }", "class {|#0:D|} { }" } },
            }.RunAsync(),
            "'#0' is marked twice");

    [Fact]
    public Task Location_that_is_not_marked_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<BadNameAnalyzer>.VerifyAnalyzerAsync(
                "class C { int bad; }", CSharpVerifier<BadNameAnalyzer>.Diagnostic().WithLocation(3)),
            "'#3' was not found");

    private static string Describe(string name, TextSpan span) => $"{name}:{span.Start}-{span.End}";
}
