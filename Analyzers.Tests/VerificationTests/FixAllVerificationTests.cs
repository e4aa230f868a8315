using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.VerificationTests;

public sealed class FixAllVerificationTests
{
    private const string OneBadName = "class C { int [|bad|]; }";
    private const string OneGoodName = "class C { int good; }";

    [Fact]
    public Task Two_documents_and_two_projects_are_fixed_in_every_scope() => RunAsync<GoodNameFix>();

    [Fact]
    public Task Provider_that_fixes_the_first_document_only_is_rejected() =>
        Rejected.ByAsync(() => RunAsync<FirstDocumentOnlyFix>(), "Fix all in Document", "is outside the scope");

    [Fact]
    public Task Provider_that_fixes_the_first_document_only_is_rejected_in_the_project_scope() =>
        Rejected.ByAsync(
            () => RunAsync<FirstDocumentOnlyFix>(CodeFixTestBehaviors.SkipFixAllInDocumentCheck), "Fix all in Project", "/0/Test1.cs");

    [Fact]
    public Task Provider_that_fixes_one_project_only_is_rejected_in_the_solution_scope() =>
        Rejected.ByAsync(
            () => RunAsync<OneProjectOnlyFix>(),
            "Fix all in Solution", "More than 1 iterations were needed", "/Other/Test0.cs");

    [Fact]
    public Task Provider_that_fixes_one_project_is_accepted_without_the_solution_scope() =>
        RunAsync<OneProjectOnlyFix>(CodeFixTestBehaviors.SkipFixAllInSolutionCheck);

    [Fact]
    public Task Provider_that_fixes_more_than_its_document_is_rejected() =>
        Rejected.ByAsync(() => RunAsync<WholeSolutionFix>(), "Fix all in Document", "is outside the scope and was changed");

    [Fact]
    public Task Provider_that_fixes_more_than_its_project_is_rejected() =>
        Rejected.ByAsync(
            () => RunAsync<WholeSolutionFix>(CodeFixTestBehaviors.SkipFixAllInDocumentCheck),
            "Fix all in Project",
            "'/Other/Test0.cs' is outside the scope and was changed");

    [Fact]
    public Task Provider_that_fixes_the_solution_is_accepted_in_the_solution_scope() =>
        RunAsync<WholeSolutionFix>(CodeFixTestBehaviors.SkipFixAllInDocumentCheck | CodeFixTestBehaviors.SkipFixAllInProjectCheck);

    [Fact]
    public Task Scope_that_is_not_supported_is_rejected_with_a_single_file() =>
        Rejected.ByAsync(
            () => CSharpVerifier<BadNameAnalyzer, DocumentScopeOnlyFix>.VerifyCodeFixAsync(OneBadName, OneGoodName),
            "Fix all in Project: the FixAllProvider does not support the scope");

    [Fact]
    public Task Fix_without_a_provider_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<BadNameAnalyzer, NoFixAllFix>.VerifyCodeFixAsync(OneBadName, OneGoodName),
            "NoFixAllFix has no FixAllProvider");

    [Fact]
    public Task Fix_without_a_provider_is_accepted_when_the_test_says_so() =>
        new CSharpVerifier<BadNameAnalyzer, NoFixAllFix>.Test
        {
            TestCode = OneBadName,
            FixedCode = OneGoodName,
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
        }.RunAsync();

    [Fact]
    public Task Batch_fixed_code_is_what_fix_all_makes() =>
        new CSharpVerifier<BadNameAnalyzer, BatchCommentFix>.Test
        {
            TestCode = OneBadName,
            FixedCode = OneGoodName,
            BatchFixedCode = OneGoodName + " // all",
        }.RunAsync();

    [Fact]
    public Task Fix_all_that_makes_another_text_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<BadNameAnalyzer, BatchCommentFix>.VerifyCodeFixAsync(OneBadName, OneGoodName),
            "Fix all in Document",
            "+ class C { int good; } // all");

    [Fact]
    public Task Two_fixed_files_of_the_same_project_are_compared_by_name() =>
        Rejected.ByAsync(
            () => new CSharpVerifier<BadNameAnalyzer, GoodNameFix>.Test
            {
                TestState = { Sources = { ("/0/A.cs", OneBadName), ("/0/B.cs", "class D { }") } },
                FixedState = { Sources = { ("/0/A.cs", OneGoodName) } },
            }.RunAsync(),
            "The file '/0/B.cs' is not expected");

    private static Task RunAsync<TFix>(CodeFixTestBehaviors behaviors = CodeFixTestBehaviors.None)
        where TFix : CodeFixProvider, new() =>
        new CSharpVerifier<BadNameAnalyzer, TFix>.Test
        {
            TestState =
            {
                Sources = { "class C { int [|bad1|]; long [|bad2|]; }", "class D { int [|bad|]; }" },
                AdditionalProjects = { ["Other"] = { Sources = { OneBadName } } },
            },
            FixedState =
            {
                Sources = { "class C { int good1; long good2; }", "class D { int good; }" },
                AdditionalProjects = { ["Other"] = { Sources = { OneGoodName } } },
            },
            CodeFixTestBehaviors = behaviors,
        }.RunAsync();
}
