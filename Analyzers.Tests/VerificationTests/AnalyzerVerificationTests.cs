using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;
using Microsoft.CodeAnalysis;
using Xunit;
using VerifyCS = BufferLifetime.Analyzers.Tests.Verification.CSharpVerifier<
    BufferLifetime.Analyzers.Tests.VerificationTests.Fakes.BadNameAnalyzer>;

namespace BufferLifetime.Analyzers.Tests.VerificationTests;

public sealed class AnalyzerVerificationTests
{
    private const string OneBadName = "class C { int [|bad|]; }";

    [Fact]
    public Task Marked_report_is_accepted() => VerifyCS.VerifyAnalyzerAsync(OneBadName);

    [Fact]
    public Task Silence_is_accepted() => VerifyCS.VerifyAnalyzerAsync("class C { int good; }");

    [Fact]
    public Task Missing_report_is_rejected() =>
        Rejected.ByAsync(() => VerifyCS.VerifyAnalyzerAsync("class C { int [|good|]; }"),
            "not reported: FAKE001 at /0/Test0.cs(1,15)-(1,19)");

    [Fact]
    public Task Report_that_is_not_marked_is_rejected() =>
        Rejected.ByAsync(() => VerifyCS.VerifyAnalyzerAsync("class C { int bad; }"),
            "not expected: FAKE001 at /0/Test0.cs(1,15)-(1,18): 'bad' is a bad name");

    [Fact]
    public Task Same_report_expected_twice_is_rejected() =>
        Rejected.ByAsync(
            () => VerifyCS.VerifyAnalyzerAsync(OneBadName, VerifyCS.Diagnostic().WithSpan(1, 15, 1, 18).WithArguments("bad")),
            "not reported");

    [Fact]
    public Task Report_by_location_and_arguments_is_accepted() =>
        VerifyCS.VerifyAnalyzerAsync("class C { int {|#0:bad|}; }", VerifyCS.Diagnostic().WithLocation(0).WithArguments("bad"));

    [Fact]
    public Task Report_by_message_and_severity_is_accepted() =>
        VerifyCS.VerifyAnalyzerAsync(
            "class C { int {|#0:bad|}; }",
            VerifyCS.Diagnostic("FAKE001").WithLocation(0).WithMessage("'bad' is a bad name").WithSeverity(DiagnosticSeverity.Warning));

    [Fact]
    public Task Wrong_message_argument_is_rejected() =>
        Rejected.ByAsync(
            () => VerifyCS.VerifyAnalyzerAsync("class C { int {|#0:bad|}; }", VerifyCS.Diagnostic().WithLocation(0).WithArguments("worse")),
            "the message is \"'bad' is a bad name\"");

    [Fact]
    public Task Missing_message_argument_is_rejected() =>
        Rejected.ByAsync(
            () => VerifyCS.VerifyAnalyzerAsync("class C { int {|#0:bad|}; }", VerifyCS.Diagnostic().WithLocation(0)),
            "the message is");

    [Fact]
    public Task Wrong_severity_is_rejected() =>
        Rejected.ByAsync(
            () => VerifyCS.VerifyAnalyzerAsync(
                "class C { int {|#0:bad|}; }",
                VerifyCS.Diagnostic().WithLocation(0).WithArguments("bad").WithSeverity(DiagnosticSeverity.Error)),
            "the severity is Warning, not Error");

    [Fact]
    public Task Wrong_location_on_the_first_line_and_column_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<FirstCharacterAnalyzer>.VerifyAnalyzerAsync(
                "class C { int x; }", CSharpVerifier<FirstCharacterAnalyzer>.Diagnostic().WithSpan(1, 2, 1, 3)),
            "the location is /0/Test0.cs(1,1)-(1,2)");

    [Fact]
    public Task Location_expected_on_the_first_line_and_column_is_compared() =>
        Rejected.ByAsync(() => VerifyCS.VerifyAnalyzerAsync("[|c|]lass C { int bad; }"), "the location is /0/Test0.cs(1,15)-(1,18)");

    [Fact]
    public Task Span_of_the_wrong_length_is_rejected() =>
        Rejected.ByAsync(() => VerifyCS.VerifyAnalyzerAsync("class C { int [|ba|]d; }"), "the location is /0/Test0.cs(1,15)-(1,18)");

    [Fact]
    public Task Position_compares_the_start_only() => VerifyCS.VerifyAnalyzerAsync("class C { int $$bad; }");

    [Fact]
    public Task Additional_locations_are_compared_when_they_are_given() =>
        CSharpVerifier<RepeatedAnalyzer>.VerifyAnalyzerAsync(
            "class C { int {|#1:a|}, {|#0:b|}; }",
            CSharpVerifier<RepeatedAnalyzer>.Diagnostic().WithLocation(0).WithLocation(1).WithArguments("b"));

    [Fact]
    public Task Missing_additional_location_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<RepeatedAnalyzer>.VerifyAnalyzerAsync(
                "class C { int a, {|#0:b|}; }", CSharpVerifier<RepeatedAnalyzer>.Diagnostic().WithLocation(0).WithArguments("b")),
            "the additional locations are [/0/Test0.cs(1,15)-(1,16)]");

    [Fact]
    public Task Wrong_additional_location_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<RepeatedAnalyzer>.VerifyAnalyzerAsync(
                "class {|#1:C|} { int a, {|#0:b|}; }",
                CSharpVerifier<RepeatedAnalyzer>.Diagnostic().WithLocation(0).WithLocation(1).WithArguments("b")),
            "the additional locations are");

    [Fact]
    public Task Markup_leaves_additional_locations_open() =>
        CSharpVerifier<RepeatedAnalyzer>.VerifyAnalyzerAsync("class C { int a, [|b|]; }");

    [Fact]
    public Task Report_of_another_id_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<TwoRulesAnalyzer>.VerifyAnalyzerAsync("class C { int {|FAKE001:badAndVeryLong|}; }"),
            "not expected: FAKE002");

    [Fact]
    public Task Report_of_a_disabled_id_is_not_looked_at() =>
        new CSharpVerifier<TwoRulesAnalyzer>.Test
        {
            TestCode = "class C { int {|FAKE001:badAndVeryLong|}; }",
            DisabledDiagnostics = { "FAKE002" },
        }.RunAsync();

    [Fact]
    public Task Two_reports_on_one_span_are_nested_markup() =>
        CSharpVerifier<TwoRulesAnalyzer>.VerifyAnalyzerAsync("class C { int {|FAKE002:{|FAKE001:badAndVeryLong|}|}; }");

    [Fact]
    public Task Unnamed_span_with_several_candidates_is_rejected() =>
        Rejected.ByAsync(() => CSharpVerifier<TwoRulesAnalyzer>.VerifyAnalyzerAsync(OneBadName), "Any of FAKE001, FAKE002 could be meant");

    [Fact]
    public Task Unnamed_span_means_the_default_id() =>
        new CSharpVerifier<TwoRulesAnalyzer>.Test
        {
            TestCode = "class C { int [|longEnoughName|]; }",
            DefaultDiagnosticId = "FAKE002",
        }.RunAsync();

    [Fact]
    public Task Unnamed_span_means_the_first_descriptor_when_the_test_says_so() =>
        new CSharpVerifier<TwoRulesAnalyzer>.Test { TestCode = OneBadName, MarkupOptions = MarkupOptions.UseFirstDescriptor }.RunAsync();

    [Fact]
    public void Diagnostic_without_an_id_is_rejected_when_there_are_several() =>
        Assert.Throws<VerificationException>(() => CSharpVerifier<TwoRulesAnalyzer>.Diagnostic());

    [Fact]
    public void Diagnostic_of_an_unsupported_id_is_rejected() =>
        Assert.Throws<VerificationException>(() => VerifyCS.Diagnostic("FAKE999"));

    [Fact]
    public Task Throwing_analyzer_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<ThrowingAnalyzer>.VerifyAnalyzerAsync("class C { int good; }"),
            "ThrowingAnalyzer threw", "Cannot look at good");

    [Fact]
    public Task Analyzer_that_reports_an_unsupported_rule_is_rejected() =>
        Rejected.ByAsync(() => CSharpVerifier<UnlistedRuleAnalyzer>.VerifyAnalyzerAsync("class C { int good; }"), "FAKE002");

    [Fact]
    public Task Report_in_generated_code_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<EverywhereAnalyzer>.VerifyAnalyzerAsync(OneBadName),
            "Nothing may be reported in generated code");

    [Fact]
    public Task Report_in_generated_code_is_accepted_when_the_test_says_so() =>
        new CSharpVerifier<EverywhereAnalyzer>.Test
        {
            TestCode = OneBadName,
            TestBehaviors = TestBehaviors.SkipGeneratedCodeCheck,
        }.RunAsync();

    [Fact]
    public Task Report_that_no_pragma_silences_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<FirstCharacterAnalyzer>.VerifyAnalyzerAsync("[|c|]lass C { int x; }"),
            "Nothing may be reported under #pragma warning disable");

    [Fact]
    public Task Report_that_no_pragma_silences_is_accepted_when_the_test_says_so() =>
        new CSharpVerifier<FirstCharacterAnalyzer>.Test
        {
            TestCode = "[|c|]lass C { int x; }",
            TestBehaviors = TestBehaviors.SkipSuppressionCheck,
        }.RunAsync();

    [Fact]
    public Task Rule_that_is_off_by_default_is_on_in_its_test() => CSharpVerifier<OffByDefaultAnalyzer>.VerifyAnalyzerAsync(OneBadName);

    [Fact]
    public async Task Failure_prints_the_annotated_source()
    {
        string message = await Rejected.ByAsync(() => VerifyCS.VerifyAnalyzerAsync("class C\n{\n    int bad;\n    int [|good|];\n}"));
        Assert.Contains("    3 |     int bad;\n      |         ^^^ FAKE001: 'bad' is a bad name\n", message, StringComparison.Ordinal);
        Assert.Contains("    4 |     int good;\n      |         ~~~~ expected FAKE001\n", message, StringComparison.Ordinal);
    }
}
