using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;
using Xunit;
using VerifyCS = BufferLifetime.Analyzers.Tests.Verification.CSharpVerifier<
    BufferLifetime.Analyzers.Tests.VerificationTests.Fakes.BadNameAnalyzer,
    BufferLifetime.Analyzers.Tests.VerificationTests.Fakes.GoodNameFix>;

namespace BufferLifetime.Analyzers.Tests.VerificationTests;

public sealed class CodeFixVerificationTests
{
    private const string OneBadName = "class C { int [|bad|]; }";
    private const string OneGoodName = "class C { int good; }";

    [Fact]
    public Task Right_fix_is_accepted() => VerifyCS.VerifyCodeFixAsync(OneBadName, OneGoodName);

    [Fact]
    public Task Right_fix_of_an_expected_diagnostic_is_accepted() =>
        VerifyCS.VerifyCodeFixAsync("class C { int {|#0:bad|}; }", VerifyCS.Diagnostic().WithLocation(0).WithArguments("bad"), OneGoodName);

    [Fact]
    public Task Several_diagnostics_are_fixed_in_turn() =>
        VerifyCS.VerifyCodeFixAsync("class C { int [|bad1|], [|bad2|]; long [|bad3|]; }", "class C { int good1, good2; long good3; }");

    [Fact]
    public Task Other_fixed_text_is_rejected() =>
        Rejected.ByAsync(
            () => VerifyCS.VerifyCodeFixAsync(OneBadName, "class C { int better; }"),
            "- class C { int better; }", "+ class C { int good; }");

    [Fact]
    public Task Diagnostic_left_in_the_fixed_code_is_rejected() =>
        Rejected.ByAsync(
            () => new VerifyCS.Test
            {
                TestCode = "class C { int [|bad1|], [|bad2|]; }",
                FixedCode = "class C { int good1, bad2; }",
                CodeFixTestBehaviors = CodeFixTestBehaviors.FixOne | CodeFixTestBehaviors.SkipFixAllCheck,
            }.RunAsync(),
            "Diagnostics of the fixed state",
            "MarkupMode.Allow");

    [Fact]
    public Task Diagnostic_left_in_the_fixed_code_is_marked() =>
        new VerifyCS.Test
        {
            TestCode = "class C { int [|bad1|], [|bad2|]; }",
            FixedState = { Sources = { "class C { int good1, [|bad2|]; }" }, MarkupHandling = MarkupMode.Allow },
            CodeFixTestBehaviors = CodeFixTestBehaviors.FixOne | CodeFixTestBehaviors.SkipFixAllCheck,
        }.RunAsync();

    [Fact]
    public Task No_registered_action_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<BadNameAnalyzer, NoActionFix>.VerifyCodeFixAsync(OneBadName, OneGoodName),
            "No matching code fix was registered");

    [Fact]
    public Task No_registered_action_is_rejected_in_batch() =>
        Rejected.ByAsync(
            () => new CSharpVerifier<BadNameAnalyzer, NoActionFix>.Test
            {
                TestCode = OneBadName,
                FixedState = { Sources = { OneBadName }, InheritanceMode = StateInheritanceMode.AutoInheritAll },
                BatchFixedCode = OneGoodName,
            }.RunAsync(),
            "Fix all in Document",
            "No matching code fix was registered");

    [Fact]
    public Task No_registered_action_is_accepted_when_nothing_should_change() =>
        CSharpVerifier<BadNameAnalyzer, NoActionFix>.VerifyCodeFixAsync(OneBadName, OneBadName);

    [Fact]
    public Task Registered_action_is_rejected_when_nothing_should_change() =>
        Rejected.ByAsync(() => VerifyCS.VerifyCodeFixAsync(OneBadName, OneBadName), "More than 0 iterations were needed");

    [Fact]
    public Task Action_that_changes_nothing_is_rejected() =>
        Rejected.ByAsync(() => CSharpVerifier<BadNameAnalyzer, NoChangeFix>.VerifyCodeFixAsync(OneBadName, OneGoodName), "changed nothing");

    [Fact]
    public Task Action_that_changes_nothing_is_rejected_when_nothing_should_change() =>
        Rejected.ByAsync(
            () => CSharpVerifier<BadNameAnalyzer, NoChangeFix>.VerifyCodeFixAsync(OneBadName, OneBadName),
            "More than 0 iterations");

    [Fact]
    public Task Action_that_leaves_the_report_is_rejected() =>
        Rejected.ByAsync(
            () => new CSharpVerifier<BadNameAnalyzer, CommentingFix>.Test
            {
                TestCode = OneBadName + "\n",
                FixedState = { Sources = { OneBadName + "\n// Renamed.\n" }, MarkupHandling = MarkupMode.Allow },
                NumberOfIncrementalIterations = -5,
            }.RunAsync(),
            "No progress: the text changed, and the reports stay the same");

    [Fact]
    public Task Actions_that_undo_each_other_are_rejected() =>
        Rejected.ByAsync(
            () => new CSharpVerifier<BadNameAnalyzer, BackAndForthFix>.Test
            {
                TestCode = "class C { int [|bad1|]; }",
                FixedState = { Sources = { "class C { int [|bad1|]; }" }, MarkupHandling = MarkupMode.Allow },
                NumberOfIncrementalIterations = -5,
            }.RunAsync(),
            "Cycle");

    [Fact]
    public Task Actions_without_end_are_rejected() =>
        Rejected.ByAsync(
            () => new CSharpVerifier<BadNameAnalyzer, RunawayFix>.Test
            {
                TestCode = OneBadName,
                FixedCode = OneGoodName,
                NumberOfIncrementalIterations = -7,
            }.RunAsync(),
            "More than 7 iterations were needed");

    [Fact]
    public void Iterations_are_capped_whatever_the_test_says() =>
        Assert.Equal(IterationLimit.HardCap, new IterationLimit(-1_000_000).Maximum);

    [Fact]
    public Task Another_number_of_iterations_is_rejected() =>
        Rejected.ByAsync(
            () => new VerifyCS.Test { TestCode = OneBadName, FixedCode = OneGoodName, NumberOfIncrementalIterations = 2 }.RunAsync(),
            "Expected 2 iterations, but 1");

    [Fact]
    public Task Another_number_of_fix_all_iterations_is_rejected() =>
        Rejected.ByAsync(
            () => new VerifyCS.Test { TestCode = OneBadName, FixedCode = OneGoodName, NumberOfFixAllInProjectIterations = 2 }.RunAsync(),
            "Fix all in Project",
            "Expected 2 iterations, but 1");

    [Fact]
    public Task Fix_of_a_non_local_diagnostic_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<CompilationEndAnalyzer, GoodNameFix>.VerifyCodeFixAsync(OneBadName, OneGoodName),
            "non-local");

    [Fact]
    public Task Fix_of_a_non_local_diagnostic_is_accepted_when_the_test_says_so() =>
        new CSharpVerifier<CompilationEndAnalyzer, GoodNameFix>.Test
        {
            TestCode = OneBadName,
            FixedCode = OneGoodName,
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipLocalDiagnosticCheck,
        }.RunAsync();

    [Fact]
    public Task Tree_that_its_text_does_not_parse_to_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<BadNameAnalyzer, TwoInOneTokenFix>.VerifyCodeFixAsync(OneBadName, "class C { int good, other; }"),
            "made a tree",
            "that its text does not parse to");

    [Fact]
    public Task Tree_is_not_looked_at_when_the_test_says_so() =>
        new CSharpVerifier<BadNameAnalyzer, TwoInOneTokenFix>.Test
        {
            TestCode = OneBadName,
            FixedCode = "class C { int good, other; }",
            CodeActionValidationMode = CodeActionValidationMode.None,
            DisabledDiagnostics = { "CS0169" },
        }.RunAsync();

    [Theory]
    [InlineData("lf", "\n")]
    [InlineData("crlf", "\r\n")]
    public Task Formatter_follows_the_configuration(string endOfLine, string newLine) =>
        new CSharpVerifier<BadNameAnalyzer, FormattingFix>.Test
        {
            TestState =
            {
                Sources = { "class C\n{\n    int [|bad|]; int x;\n}\n" },
                AnalyzerConfigFiles = { ("/.editorconfig", $"root = true\n[*.cs]\nend_of_line = {endOfLine}\n") },
            },
            FixedCode = $"class C\n{{\n    int good;{newLine}    int x;\n}}\n",
        }.RunAsync();

    [Fact]
    public Task Changed_encoding_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<BadNameAnalyzer, EncodingFix>.VerifyCodeFixAsync(OneBadName, OneGoodName),
            "The encoding of '/0/Test0.cs' became utf-16");

    [Theory]
    [InlineData(null, null, "first")]
    [InlineData(1, null, "second")]
    [InlineData(2, null, "third")]
    [InlineData(null, "third", "third")]
    [InlineData(1, "second", "second")]
    public Task Action_is_chosen_by_index_and_key(int? index, string? key, string expected) =>
        new CSharpVerifier<BadNameAnalyzer, ThreeActionsFix>.Test
        {
            TestCode = OneBadName,
            FixedCode = $"class C {{ int {expected}; }}",
            CodeActionIndex = index,
            CodeActionEquivalenceKey = key,
        }.RunAsync();

    [Fact]
    public Task Index_and_key_of_different_actions_are_rejected() =>
        Rejected.ByAsync(
            () => new CSharpVerifier<BadNameAnalyzer, ThreeActionsFix>.Test
            {
                TestCode = OneBadName,
                FixedCode = "class C { int first; }",
                CodeActionIndex = 0,
                CodeActionEquivalenceKey = "second",
            }.RunAsync(),
            "The action 'second' is not the one at index 0");
}
